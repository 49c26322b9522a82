{{include "haven/supporters/supporters_front.h"}}
{{template front_face(const struct front_person *p)}}
<li class="mk-card"><div class="mk-person"><span class="ds-avatar mk-face" data-color="{{p->tint}}" aria-hidden="true">{{p->initials}}</span><div><h3>{{p->given}}</h3><p>{{p->profession}}</p><p class="mk-quiet mk-small">{{p->place}}<br>{{p->languages}}</p><p class="mk-when mk-small"{{if p->now}} data-now{{end}}>{{p->brief}}</p>
{{if p->now}}{{else}}<p class="mk-quiet mk-small mk-num">{{p->phone}}</p>{{end}}
</div></div>
{{if p->now}}
<a class="ds-button mk-tall" href="{{p->tel}}" data-tel="{{p->phone}}">{{call look_icon_phone()}}<span>{{tr "Call"}}<span class="ds-sr-only"> {{p->given}}</span></span></a>
{{end}}
</li>
{{end}}
{{template front_lines(const struct front_page *v)}}
<section class="mk-stack" data-gap="3" aria-labelledby="outside"><h2 class="ds-heading" data-size="xs" id="outside">{{tr "Somebody outside the workplace"}}</h2>
<ul class="mk-acts">
{{for i in v->lines.n}}
{{let const struct look_line *l = &v->lines.list[i]}}
<li><a href="{{l->href}}" data-tel="{{l->number}}"><i>{{call look_icon_phone()}}</i><span><b>{{l->number}}</b><span class="mk-small">{{l->name}}. {{l->when}}</span></span></a></li>
{{end}}
</ul>
<p class="mk-quiet mk-small">{{tr "You can be anonymous. Nobody at work learns that you called."}}</p></section>
{{end}}
{{template front_page(const struct front_page *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="10">
<div class="mk-split">
<div class="mk-stack">
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{tr "Someone to talk to, when you need it"}}</h1>
<p class="mk-lead">{{tr "Colleagues who are trained to listen. You need not sign in. Your employer never learns that you were here."}}</p></div>
{{if v->now_n}}
{{let const struct front_person *p = &v->people[0]}}
<section class="mk-card mk-stack" data-lamp data-gap="3" aria-labelledby="now"><h2 class="mk-when" data-now id="now">{{p->when}}</h2>
<div class="mk-person"><span class="ds-avatar mk-face" data-color="{{p->tint}}" data-big aria-hidden="true">{{p->initials}}</span><div><h3>{{p->given}}</h3><p>{{p->profession}}, {{p->place}}</p><p class="mk-quiet mk-small">{{p->languages}}</p></div></div>
<a class="ds-button mk-call" data-fullwidth href="{{p->tel}}" data-tel="{{p->phone}}">{{call look_icon_phone()}}{{tr "Call {name}" name=p->given}}</a>
<p class="mk-num">{{p->phone}}</p></section>
{{else}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="now"><h2 class="ds-heading" data-size="xs" id="now">{{tr "No colleague is on call just now"}}</h2>
<p>{{tr "Below you see who can be reached next, and when. Somebody outside the workplace answers now."}}</p>
<a class="ds-button mk-call" data-fullwidth href="{{v->lines.now.href}}" data-tel="{{v->lines.now.number}}">{{call look_icon_phone()}}{{tr "Call {number}" number=v->lines.now.number}}</a>
<p class="mk-quiet mk-small">{{v->lines.now.name}}. {{v->lines.now.when}}</p></section>
{{end}}
</div>
<div class="mk-stack" data-gap="8">
{{call front_lines(v)}}
<ul class="mk-ticks mk-small">
<li>{{call look_icon_tick()}}<span>{{tr "It is voluntary. You can stop whenever you like, without saying why."}}</span></li>
<li>{{call look_icon_tick()}}<span>{{tr "No list is kept of who calls. Use your own phone, on the mobile network."}}</span></li>
</ul>
<p><a class="ds-link mk-hit" href="/h/read">{{tr "Just read a little: common reactions, and what helps"}}</a></p>
</div>
</div>
{{if v->now_n > 1}}
<section class="mk-stack" data-gap="3" aria-labelledby="free"><h2 class="ds-heading" data-size="xs" id="free">{{tr "Also free now"}}</h2>
<ul class="mk-people">
{{for i in v->now_n - 1}}
{{call front_face(&v->people[i + 1])}}
{{end}}
</ul></section>
{{end}}
{{if v->people_n > v->now_n}}
<section class="mk-stack" data-gap="3" aria-labelledby="later"><h2 class="ds-heading" data-size="xs" id="later">{{tr "Later"}}</h2>
<ul class="mk-people">
{{for i in v->people_n - v->now_n}}
{{call front_face(&v->people[v->now_n + i])}}
{{end}}
</ul></section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{# The same reactions, in full. Sources: docs/reactions.md. }}
{{template front_read(const struct front_page *v)}}
{{call look_top(&v->look)}}
<div class="mk-split">
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/">{{tr "Back"}}</a></p><h1 class="mk-voice">{{tr "Common reactions, and what helps"}}</h1>
<p class="mk-lead">{{tr "After something hard, body and mind react. That is ordinary, and for most it passes in days or weeks."}}</p></div>
<section class="mk-stack" data-gap="3" aria-labelledby="norm"><h2 class="ds-heading" data-size="xs" id="norm">{{tr "Common in the first few days"}}</h2>
<ul class="ds-list"><li>{{tr "Images and thoughts that come back"}}</li><li>{{tr "Unrest, anger or tears without warning"}}</li><li>{{tr "Guilt, or anger at yourself: could I have done something else?"}}</li><li>{{tr "Poor sleep, little appetite, hard to concentrate"}}</li><li>{{tr "Feeling empty or numb"}}</li></ul>
<p class="mk-quiet">{{tr "Some feel it at once, others only weeks or months later. Both are ordinary."}}</p></section>
<section class="mk-stack" data-gap="3" aria-labelledby="helps"><h2 class="ds-heading" data-size="xs" id="helps">{{tr "What helps many"}}</h2>
<ul class="ds-list"><li>{{tr "Being with people you feel safe with"}}</li><li>{{tr "Talking about it when you want to, as much as you want to"}}</li><li>{{tr "Eating, moving and resting as usual, even when you do not feel like it"}}</li><li>{{tr "Going easy on alcohol"}}</li><li>{{tr "Giving it time"}}</li></ul></section>
<section class="mk-stack" data-gap="3" aria-labelledby="signs"><h2 class="ds-heading" data-size="xs" id="signs">{{tr "Talk to a professional when"}}</h2>
<ul class="ds-list"><li>{{tr "it still weighs on you after four weeks, or gets worse"}}</li><li>{{tr "work or home has become hard to manage"}}</li><li>{{tr "you think that life is not worth living. Then call at once."}}</li></ul>
<div class="mk-row"><a class="ds-button" data-variant="secondary" href="{{v->lines.urgent.href}}" data-tel="{{v->lines.urgent.number}}">{{call look_icon_phone()}}{{tr "Call {number}" number=v->lines.urgent.number}}</a><span class="mk-small">{{v->lines.urgent.name}}. {{v->lines.urgent.when}}</span></div></section>
</div>
{{call front_lines(v)}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
