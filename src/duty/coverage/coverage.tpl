{{include "duty/coverage/coverage_view.h"}}
{{include "lang/lang.h"}}
{{template coverage_list_page(const struct list_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="8">
<div class="mk-row" data-tight><h1 class="mk-voice">{{tr "Incidents"}}</h1>
{{if v->may_register && v->rows_n}}
<a class="ds-button" href="/incidents/new">{{tr "Register an incident"}}</a>
{{end}}
</div>
{{if v->said}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{v->said}}</span></p>
{{end}}
{{if v->warns}}
<p class="mk-note" data-color="danger" role="status">{{call look_icon_warning()}}<span>{{v->warns}}</span></p>
{{end}}
{{if v->rows_n}}
<ul class="mk-plain mk-stack mk-incidents">
{{for i in v->rows_n}}
{{let const struct list_row_view *r = &v->rows[i]}}
<li class="mk-card mk-stack" data-gap="2"><p class="mk-row mk-quiet"><span>{{r->head.unit}}</span><span>{{r->head.when}}</span><span class="ds-tag" data-color="{{r->head.severity_color}}">{{r->head.severity}}</span></p>
<h2 class="ds-heading" data-size="xs"><a class="ds-link mk-hit" href="{{r->head.href}}">{{r->head.title}}</a></h2>
<p><b>{{r->head.offered}}</b></p>
{{if r->needs}}
<p class="mk-note mk-small" data-color="danger">{{call look_icon_warning()}}<span>{{r->needs}}</span></p>
{{end}}
</li>
{{end}}
</ul>
{{else}}
<section class="mk-card mk-state mk-narrow"><h2 class="ds-heading" data-size="sm">{{tr "Nothing is registered"}}</h2>
<p>{{tr "When something hard has happened, it is registered here. Everybody affected is then offered support."}}</p>
{{if v->may_register}}
<p class="mk-row"><a class="ds-button" href="/incidents/new">{{tr "Register an incident"}}</a></p>
{{end}}
</section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template coverage_seat(const struct seat_view *s)}}
<li data-seat="{{s->id}}"{{if !s->initials[0]}} data-long{{end}}{{if s->open}} data-open{{end}}{{if !s->offered && !s->open}} data-wait{{end}}><span class="mk-seat"><span class="ds-avatar mk-face" data-color="{{s->tint}}" aria-hidden="true">{{s->initials}}</span><svg viewBox="0 0 24 24" aria-hidden="true" data-mark="offered"{{if !s->offered}} hidden{{end}}><circle cx="12" cy="12" r="11" class="f-moss s-paper" stroke-width="2"></circle><path d="m7 12.5 3.4 3.400L17 9" fill="none" class="s-paper" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"></path></svg><svg viewBox="0 0 24 24" aria-hidden="true" data-mark="open"{{if !s->open}} hidden{{end}}><circle cx="12" cy="12" r="11" class="f-bad s-paper" stroke-width="2"></circle><path d="M12 6.500v6.500m0 3.600v.1" fill="none" class="s-paper" stroke-width="2.6" stroke-linecap="round"></path></svg></span><span>{{s->name}}</span><span class="mk-quiet mk-small" data-when>{{s->when}}</span></li>
{{end}}
{{template coverage_need(const struct need_view *n)}}
<div class="mk-note" data-color="danger" data-need="{{n->id}}">{{call look_icon_warning()}}<div class="mk-stack" data-gap="2"><p><b data-what>{{n->what}}</b> <span data-why>{{n->why}}</span> {{n->say}}</p>
{{if n->href}}
<p class="mk-row" data-color="accent"><a class="ds-button" href="{{n->href}}">{{tr "We have spoken"}}<span class="ds-sr-only"> – {{n->what}}</span></a>
{{if n->tel}}
<a class="ds-button" data-variant="secondary" href="{{n->tel}}">{{call look_icon_phone()}}{{n->phone}}</a>
{{end}}
</p>
{{end}}
</div></div>
{{end}}
{{template coverage_table(const struct incident_view *v)}}
<details class="ds-details"><summary>{{tr "Show each person by day"}}</summary><div class="mk-scroll" tabindex="0" role="group" aria-label="{{tr "Table"}}"><table class="ds-table"><caption class="ds-sr-only">{{tr "What each person was offered, by day"}}</caption><thead><tr><th scope="col">{{tr "Name"}}</th><th scope="col">{{tr "How"}}</th><th scope="col">{{tr "Sent"}}</th><th scope="col">{{tr "Reached"}}</th><th scope="col">{{tr "Spoken to in person"}}</th></tr></thead><tbody>
{{for i in v->seats_n}}
{{let const struct seat_view *s = &v->seats[i]}}
<tr data-row="{{s->id}}"><th scope="row">{{s->full}}</th><td>{{s->how}}</td><td data-sent>{{s->sent}}</td><td data-reached>{{s->reached}}</td><td data-in-person>{{s->in_person}}</td></tr>
{{end}}
</tbody></table></div></details>
{{end}}
{{template coverage_counts(const struct incident_view *v)}}
<div class="mk-row"><h2 class="mk-bignum" id="off"><strong data-offered>{{v->head.offered}}</strong></h2><p class="mk-quiet mk-push" data-as-of>{{v->as_of}}</p></div>
{{if v->names}}
<ul class="mk-seats">
{{for i in v->seats_n}}
{{call coverage_seat(&v->seats[i])}}
{{end}}
</ul>
{{end}}
<p class="mk-row"><span data-sent-count>{{v->sent}}</span><span data-reached-count>{{v->reached}}</span></p>
{{end}}
{{# Beside each one's own offer, never instead of it. What comes back is a day. }}
{{template coverage_group(const struct group_view *g, const char *csrf)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="group"><h2 class="ds-heading" data-size="sm" id="group">{{tr "A group session"}}</h2>
{{if g->said}}
<p><b>{{g->said}}</b></p>
{{end}}
{{if g->suggested}}
<p>{{g->suggested}} <span class="mk-quiet mk-small">{{tr "Source: Nationwide Children’s Hospital."}}</span></p>
{{end}}
{{if g->ask}}
<p>{{tr "Two peer supporters lead a talk for everybody who was there, within 48 hours of what happened and if possible in the same shift. It is planned and voluntary, counts as working time, and goes into no painful detail. Everybody is still offered support of their own."}}</p>
<form method="post" action="{{g->action}}" class="mk-row mk-noprint"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="wish" value="yes"><button class="ds-button"{{if !g->suggested}} data-variant="secondary"{{end}} type="submit">{{tr "Ask for a group session"}}</button></form>
{{end}}
{{if g->take_back}}
<form method="post" action="{{g->action}}" class="mk-row mk-noprint"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="wish" value="no"><button class="ds-button" data-variant="secondary" type="submit">{{tr "Withdraw the request"}}</button><span class="mk-quiet mk-small">{{tr "If it is planned already, the coordinator decides whether it is held."}}</span></form>
{{end}}
<p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "You are told whether it was held, and on which day. Nobody writes down who came."}}</span></p></section>
{{end}}
{{template coverage_incident_page(const struct incident_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="10">
<div class="mk-stack" data-gap="3"><p class="mk-row mk-quiet"><span>{{v->head.unit}}</span><span>{{v->head.when}}</span><span class="ds-tag" data-color="{{v->head.severity_color}}">{{v->head.severity}}</span></p>
<h1 class="mk-voice">{{v->head.title}}</h1></div>
<section class="mk-card mk-status" aria-labelledby="off" id="coverage" data-state="{{v->state}}" data-version="{{v->version}}" data-waiting="{{v->waiting ? "yes" : "no"}}" data-group="{{v->group_state}}">
{{call coverage_counts(v)}}
<p class="ds-sr-only" role="status" data-told></p>
<div role="alert"><p class="mk-note" data-color="warning" data-signed-out hidden>{{call look_icon_warning()}}<span>{{tr "You have been signed out. What is shown here is no longer kept up to date."}} <a class="ds-link mk-hit" href="{{v->sign_in}}">{{tr "Sign in again"}}</a></span></p></div>
{{if v->needs_count}}
<p class="mk-note" data-color="danger">{{call look_icon_warning()}}<span>{{v->needs_count}}</span></p>
{{end}}
<div class="mk-stack" data-gap="3" id="needs">
{{for i in v->needs_n}}
{{call coverage_need(&v->needs[i])}}
{{end}}
</div>
<noscript>
{{if v->waiting}}
<p><a class="ds-link mk-hit" href="{{v->again}}">{{tr "Look again"}}</a></p>
{{end}}
</noscript>
</section>
<div class="mk-split" data-aside>
<div class="mk-stack" data-gap="8">
{{if v->group}}
{{call coverage_group(v->group, v->look.csrf)}}
{{end}}
{{if v->names}}
<section class="mk-stack" data-gap="3" aria-labelledby="each"><h2 class="ds-heading" data-size="sm" id="each">{{tr "Who was affected"}}</h2>
{{call coverage_table(v)}}
{{for i in v->sames_n}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{v->sames[i].what}} <a class="ds-link mk-hit" href="{{v->sames[i].href}}">{{tr "Is it the same person?"}}</a></span></p>
{{end}}
{{if v->parties}}
<p class="mk-quiet">{{v->parties}}</p>
{{end}}
{{if v->reviewers}}
<p class="mk-quiet">{{v->reviewers}}</p>
{{end}}
<p class="mk-row mk-noprint"><a class="ds-button" data-variant="secondary" href="{{v->add}}">{{tr "Add somebody who was affected"}}</a></p></section>
{{else}}
<p class="mk-quiet">{{tr "You see how many were affected and how many have been offered support. Only their own managers see who."}}</p>
{{end}}
</div>
{{if v->names}}
<aside class="mk-stack" aria-label="{{tr "About this page"}}"><p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "Here you see who has been offered support. What they answered, and whether they talk with somebody, stays with them."}}</span></p>
<div class="mk-stack" data-gap="2"><h2 class="ds-heading" data-size="2xs">{{tr "You might say"}}</h2><p>{{tr "“I have heard what happened. How are you today? What would make the shift easier?”"}}</p></div>
</aside>
{{end}}
</div>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template coverage_spoken_page(const struct spoken_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow"><p><a class="ds-link mk-hit" href="{{v->back}}">{{v->title}}</a></p>
<h1 class="mk-voice">{{tr "Have you spoken with {name}?" name=v->name}}</h1>
<p>{{tr "This is then noted: you offered {name} support in person {day}. What you talked about is written down nowhere. The note cannot be undone." name=v->name day=v->day}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><button class="ds-button" type="submit">{{tr "Yes, we have spoken"}}</button><a class="ds-button" data-variant="secondary" href="{{v->back}}">{{tr "Not yet"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
{{template coverage_same_page(const struct same_page_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow"><p><a class="ds-link mk-hit" href="{{v->back}}">{{v->title}}</a></p>
<h1 class="mk-voice">{{tr "Is it the same person?"}}</h1>
<p>{{tr "From outside:"}} <b>{{v->outside}}</b><br><span class="mk-quiet">{{v->phone}}</span></p>
<p>{{v->match}} <b>{{v->name}}</b><br><span class="mk-quiet">{{v->about}}</span></p>
<p>{{v->then}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="person" value="{{v->person}}"><button class="ds-button" type="submit" name="same" value="yes">{{tr "Yes, the same"}}</button><button class="ds-button" data-variant="secondary" type="submit" name="same" value="no">{{tr "No, somebody else"}}</button><a class="ds-link mk-hit" href="{{v->back}}">{{tr "I do not know"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
