{{# Every place that takes a value, once. }}
{{include "hostile.h"}}

{{template page_top(const struct hostile *v)}}
<!doctype html>
<html lang="nb">
<head>
	<title>{{v->text}} – Makker</title>
	<link rel="stylesheet" href="{{v->text}}">
	<script src="/static/{{v->text}}/desk.js" type="module"></script>
</head>
<body>
{{end}}

{{template page_bottom()}}
</body>
</html>
{{end}}

{{template places(const struct hostile *v)}}
<p>{{v->text}}|{{v->piece}}|{{v->mark}}|{{v->name}}|{{v->n}}</p>
<p title="{{v->text}}" lang='{{v->text}}'{{if v->yes}} hidden{{end}}>a</p>
<a href="{{v->text}}">whole</a>
<a href="/h/{{v->text}}/{{v->n}}">segment</a>
<a href="/h?q={{v->piece}}&amp;n={{v->n}}#{{v->text}}">argument</a>
<textarea name="t">{{v->text}}</textarea>
{{end}}

{{template hostile(const struct hostile *v)}}
{{call page_top(v)}}
{{call places(v)}}
{{call page_bottom()}}
{{end}}

{{template listing(const struct hostile *v)}}
{{if v->n > 1}}
<ul>
	{{for i in v->n_links}}
	{{let const char *href = v->links[i].href}}
	<li><a href="{{href}}">{{i}}</a></li>
	{{end}}
</ul>
{{elif v->n == 1}}
<p>one</p>
{{else}}
<p>none</p>
{{end}}
{{for i in v->less}}
<p>never</p>
{{end}}
{{end}}

{{template said(const struct hostile *v)}}
<p title="{{tr "{day} at {clock}" day=v->text clock=v->n}}">{{trn "{count} & <{name}>" "{count} && <{name}>" count=v->n name=v->text}}</p>
<p>{{trc "weekday" "Monday"}} {{tr "plain & simple"}}</p>
{{end}}
