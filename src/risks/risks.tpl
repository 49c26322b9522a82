{{# How this program is set up, judged. Of settings alone: nothing here depends on what people do. }}
{{include "risks/risks_view.h"}}

{{template risks_page(const struct risks_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="8">
<div class="mk-stack mk-narrow" data-gap="3">
<h1 class="mk-voice">{{v->look.title}}</h1>
<p class="mk-lead">{{tr "What people write here is only as safe as the way the program is set up. Each point says what could go wrong, and how whoever runs the machine can fix it."}}</p>
{{if v->mend}}
<p class="mk-note" data-color="danger">{{call look_icon_warning()}}<span>{{trn "One thing needs fixing." "{count} things need fixing." count=v->mend}}</span></p>
{{elif v->other}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "Nothing needs fixing, but something is worth a look."}}</span></p>
{{else}}
<p class="mk-note" data-color="success">{{call look_icon_tick()}}<span>{{tr "All of it is in order."}}</span></p>
{{end}}
</div>
<div class="mk-stack mk-narrow" data-gap="4">
{{for i in v->n}}
{{if v->list[i].grade != RISKS_FINE}}
<section class="mk-card mk-stack" data-gap="2"><p class="mk-row"><span class="ds-tag" data-color="{{v->list[i].color}}">{{v->list[i].word}}</span></p>
<h2 class="ds-heading" data-size="2xs">{{v->list[i].name}}</h2>
<p>{{v->list[i].why}}</p>
<p><b>{{tr "How to fix it:"}}</b> {{v->list[i].mend}}</p></section>
{{end}}
{{end}}
</div>
{{if v->fine}}
<section class="mk-stack mk-narrow" data-gap="3" aria-labelledby="fine"><h2 class="ds-heading" data-size="xs" id="fine">{{tr "In order"}}</h2>
<p class="mk-quiet">{{tr "This could happen here, but does not."}}</p>
<ul class="ds-list">
{{for i in v->n}}
{{if v->list[i].grade == RISKS_FINE}}
<li><b>{{v->list[i].name}}.</b> <span class="mk-quiet">{{v->list[i].why}}</span></li>
{{end}}
{{end}}
</ul></section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
