{{# A supporter is paused, or ready again: what it means, and the button. }}
{{include "haven/programme/programme_pause.h"}}
{{template pause_page(const struct pause_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow"><p><a class="ds-link mk-hit" href="/s/programme">{{tr "The programme"}}</a></p>
<h1 class="mk-voice">{{if v->paused}}{{tr "Is {name} ready again?" name=v->given}}{{else}}{{tr "Pause {name}?" name=v->given}}{{end}}</h1>
<p><b>{{v->name}}</b><br><span class="mk-quiet">{{v->unit}}</span></p>
{{if v->paused}}
<p>{{tr "{name} is paused, and is given nothing new. After this {name} can be given new tasks again, and is shown on the front page." name=v->given}}</p>
{{else}}
<p>{{tr "{name} is given nothing new, and is not shown on the front page. {name} keeps the tasks already given and can pass them on, and can open the desk as before." name=v->given}}</p>
{{end}}
{{if v->full}}
<p>{{tr "{name} has said “Full for now”. That stays as it is: nobody else changes it." name=v->given}}</p>
{{end}}
<p class="mk-quiet">{{tr "Tell {name} yourself: no message is sent." name=v->given}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><button class="ds-button" type="submit" name="paused" value="{{v->paused ? "no" : "yes"}}">{{if v->paused}}{{tr "Ready again"}}{{else}}{{tr "Pause"}}{{end}}</button><a class="ds-button" data-variant="secondary" href="/s/programme">{{tr "Back"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
