{{# Whom a person asked not to be given. No reason is asked for, and none is kept. }}
{{include "haven/programme/programme_apart.h"}}

{{template apart_search_page(const struct apart_search *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3">
<h1 class="mk-voice">{{v->look.title}}</h1>
<p class="mk-lead">{{tr "Somebody has asked you not to be given a certain supporter, or a supporter has asked not to be sent to somebody. Note it here. Nobody needs to say why, and no reason is kept."}}</p>
</div>
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}" role="search" novalidate>
<input type="hidden" name="csrf" value="{{v->look.csrf}}">
<div class="ds-field"><label class="ds-label" for="q">{{tr "Who is it about?"}}</label><div data-field="description" id="q-d">{{tr "Name or employee number. Whoever has a protected identity is found by the number alone."}}</div><input class="ds-input" id="q" name="q" type="search" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200" value="{{v->query}}" aria-describedby="q-d{{if v->error}} q-e{{end}}"{{if v->error}} aria-invalid="true"{{end}}>
{{if v->error}}
<p class="ds-validation-message" id="q-e">{{v->error}}</p>
{{end}}
</div>
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Find"}}</button></div>
</form>
{{if v->searched}}
<section class="mk-stack" data-gap="3" id="hits" aria-labelledby="found"><h2 class="ds-heading" data-size="xs" id="found">{{tr "Found"}}</h2>
{{if v->hits_n}}
<ul class="mk-list">
{{for i in v->hits_n}}
<li class="mk-hitrow"><a class="ds-link mk-hit" href="{{v->hits[i].href}}">{{v->hits[i].name}}</a><span class="mk-quiet mk-small">{{v->hits[i].about}}</span></li>
{{end}}
</ul>
{{if v->more}}
<p>{{tr "There are more. Write a little more of the name."}}</p>
{{end}}
{{else}}
<p>{{tr "Nobody by that name or number is in the directory."}}</p>
{{end}}
</section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}

{{template apart_person_page(const struct apart_person *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3">
<p><a class="ds-link mk-hit" href="{{v->search}}">{{tr "Somebody else"}}</a></p>
<h1 class="mk-voice">{{v->name}}</h1>
<p class="mk-quiet">{{v->about}}</p>
</div>
<section class="mk-stack" data-gap="3" aria-labelledby="listed"><h2 class="ds-heading" data-size="xs" id="listed">{{tr "Is not asked to call"}}</h2>
{{if v->listed_n}}
<ul class="mk-list">
{{for i in v->listed_n}}
{{let const struct apart_supporter *s = &v->listed[i]}}
<li class="mk-hitrow"><span class="mk-grow">{{s->name}}<br><span class="mk-quiet mk-small">{{s->unit}}</span></span><form method="post" action="{{v->action}}"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="supporter" value="{{s->id.s}}"><button class="ds-button" data-variant="secondary" type="submit" name="do" value="remove" aria-label="{{tr "Remove {name}" name=s->name}}">{{tr "Remove"}}</button></form></li>
{{end}}
</ul>
{{else}}
<p>{{tr "Nobody is noted. Any supporter can be asked."}}</p>
{{end}}
</section>
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="add"><h2 class="ds-heading" data-size="xs" id="add">{{tr "Note a supporter"}}</h2>
{{if v->choices_n}}
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}" novalidate>
<input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="do" value="add">
<div class="ds-field"><label class="ds-label" for="supporter">{{tr "Peer supporter"}}</label><select class="ds-input" id="supporter" name="supporter"{{if v->error}} aria-invalid="true" aria-describedby="supporter-e"{{end}}>
<option value="">{{tr "Choose a peer supporter"}}</option>
{{for i in v->choices_n}}
<option value="{{v->choices[i].id.s}}">{{v->choices[i].name}}, {{v->choices[i].unit}}</option>
{{end}}
</select>
{{if v->error}}
<p class="ds-validation-message" id="supporter-e">{{v->error}}</p>
{{end}}
</div>
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Go on"}}</button></div>
</form>
{{else}}
<p>{{tr "There is no other peer supporter to choose."}}</p>
{{end}}
</section>
<p class="mk-quiet">{{tr "It applies from the next time we look for somebody, and nothing that is assigned already is moved. Whoever has the task can pass it on from the desk, without a reason."}}</p>
</div>
{{call look_bottom(&v->look)}}
{{end}}

{{template apart_question_page(const struct apart_question *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{v->question}}</h1>
<p>{{v->what}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="supporter" value="{{v->supporter.s}}"><input type="hidden" name="do" value="{{v->add ? "add" : "remove"}}"><input type="hidden" name="sure" value="on"><button class="ds-button" type="submit">{{v->yes}}</button><a class="ds-button" data-variant="secondary" href="{{v->action}}">{{tr "No, go back"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
