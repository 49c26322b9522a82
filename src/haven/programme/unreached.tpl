{{# Whom no message reached, or nobody at all, what to do, and what closes the entry. No answer is here. }}
{{include "haven/programme/programme_unreached.h"}}

{{template unreached_person(const struct unreached_person *p)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="p-{{p->task.s}}">
<h2 class="ds-heading" data-size="2xs" id="p-{{p->task.s}}">{{if p->name}}{{p->name}}{{else}}{{tr "Protected identity"}}{{end}}</h2>
<p class="mk-quiet">{{p->title}}</p>
<p>{{p->why}} {{p->who}}</p>
{{if p->alone}}
<p>{{tr "Leads the unit. Nobody above, and no safety representative, can follow up here: it is yours to speak with them, or to ask somebody to."}}</p>
{{end}}
{{if p->tel}}
<p><a class="ds-button" data-variant="secondary" href="{{p->tel}}">{{call look_icon_phone()}}{{p->phone}}</a></p>
{{end}}
<p class="mk-quiet mk-small">{{p->close}}</p>
{{if p->seen_to}}
<p class="mk-note" data-color="brand2">{{call look_icon_tick()}}<span>{{tr "You have seen to it."}}</span></p>
{{else}}
<form method="post" action="/s/programme/unreached"><input type="hidden" name="csrf" value="{{p->csrf}}"><input type="hidden" name="task" value="{{p->task.s}}">
<p><button class="ds-button" type="submit" aria-describedby="p-{{p->task.s}}">{{tr "I have seen to it"}}</button></p></form>
{{end}}
</section>
{{end}}

{{template unreached_page(const struct unreached_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/s/programme">{{tr "The programme"}}</a></p>
<h1 class="mk-voice">{{v->look.title}}</h1>
{{if v->people_n}}
<p>{{tr "This list is yours. See to it that each of them hears of the offer: the supporter calls, you call yourself, or the manager, who sees the same on the page of the incident, speaks to them in person. Then note it here. A wrong address is corrected in the personnel system."}}</p>
{{end}}
</div>
{{if !v->people_n}}
<section class="mk-card mk-state"><h2 class="ds-heading" data-size="sm">{{tr "Everybody has been sent a message"}}</h2>
<p>{{tr "Anybody who cannot be reached by a message is listed here until the incident closes."}}</p></section>
{{end}}
{{for i in v->people_n}}
{{call unreached_person(&v->people[i])}}
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
