{{include "duty/missing/missing_view.h"}}
{{include "lang/lang.h"}}
{{template missing_error(const char *id, const char *text)}}
{{if text}}
<p class="ds-validation-message" data-color="danger" id="{{id}}">{{text}}</p>
{{end}}
{{end}}
{{template missing_summary(const struct missing_told *list, size_t n)}}
{{if n}}
<div class="ds-error-summary" data-color="danger" id="faults" tabindex="-1" autofocus role="group" aria-labelledby="faults-h"><h2 class="ds-heading" data-size="xs" id="faults-h">{{tr "Something is missing"}}</h2>
<ul class="ds-list">
{{for i in n}}
<li><a class="ds-link" href="{{list[i].href}}">{{list[i].text}}</a></li>
{{end}}
</ul></div>
{{end}}
{{end}}
{{template missing_tiles(const char *name, const struct missing_tile *list, size_t n, const char *error)}}
{{for i in n}}
{{let const struct missing_tile *t = &list[i]}}
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="{{name}}" id="{{name}}-{{i}}" value="{{t->value}}"{{if t->chosen}} checked{{end}}{{if error}} aria-invalid="true"{{end}}{{if t->hint}} aria-describedby="{{name}}-{{i}}-d"{{end}}><label class="ds-label" for="{{name}}-{{i}}">{{t->text}}</label>
{{if t->hint}}
<div data-field="description" id="{{name}}-{{i}}-d">{{t->hint}}</div>
{{end}}
</div>
{{end}}
{{end}}
{{template missing_where(const struct there_view *v)}}
<fieldset class="ds-fieldset" id="when"{{if v->day_error}} aria-describedby="day-error"{{end}}><legend class="ds-label mk-q">{{tr "When and where?"}}</legend>
<div class="mk-tiles mk-days">{{call missing_tiles("day", v->days, v->days_n, v->day_error)}}</div>
{{call missing_error("day-error", v->day_error)}}
<div class="mk-row" data-top><div class="ds-field mk-earlier"><label class="ds-label" for="date">{{tr "Which day"}}</label><input class="ds-input" id="date" name="date" type="date" max="{{v->today}}" value="{{v->date}}"{{if v->date_error}} aria-invalid="true" aria-describedby="date-error"{{end}}>
{{call missing_error("date-error", v->date_error)}}
</div><div class="ds-field mk-short"><label class="ds-label" for="clock">{{tr "What time, about"}}</label><input class="ds-input" id="clock" name="clock" inputmode="decimal" autocomplete="off" maxlength="20" value="{{v->clock}}"{{if v->clock_error}} aria-invalid="true" aria-describedby="clock-error"{{end}}>
{{call missing_error("clock-error", v->clock_error)}}
</div></div>
<div class="ds-field"><label class="ds-label" for="place">{{tr "Unit"}}</label><div data-field="description" id="place-d">{{tr "Where it happened: what the unit is called."}}</div><input class="ds-input" id="place" name="place" autocomplete="off" maxlength="100" value="{{v->place}}" aria-describedby="place-d{{if v->place_error}} place-error{{end}}"{{if v->place_error}} aria-invalid="true"{{end}}>
{{call missing_error("place-error", v->place_error)}}
</div></fieldset>
{{end}}
{{template missing_whom(const struct there_view *v)}}
<fieldset class="ds-fieldset" id="whom"><legend class="ds-label mk-q">{{tr "Who was there?"}}</legend>
<div class="ds-field"><label class="ds-label" for="name">{{tr "Name"}}</label><input class="ds-input" id="name" name="name" autocomplete="off" maxlength="100" value="{{v->name}}"{{if v->name_error}} aria-invalid="true" aria-describedby="name-error"{{end}}>
{{call missing_error("name-error", v->name_error)}}
</div>
<div class="ds-field"><label class="ds-label" for="contact">{{tr "Phone or e-mail"}}</label><input class="ds-input" id="contact" name="contact" autocomplete="off" autocapitalize="none" maxlength="254" value="{{v->contact}}"{{if v->contact_error}} aria-invalid="true" aria-describedby="contact-error"{{end}}>
{{call missing_error("contact-error", v->contact_error)}}
</div>
<div class="ds-field"><label class="ds-label" for="number">{{tr "Employee number, if you know it"}}</label><input class="ds-input" id="number" name="number" autocomplete="off" autocapitalize="none" maxlength="40" value="{{v->number}}"{{if v->number_error}} aria-invalid="true" aria-describedby="number-error"{{end}}>
{{call missing_error("number-error", v->number_error)}}
</div></fieldset>
<div class="ds-field"><label class="ds-label" for="teller">{{tr "Your own name and phone, if you like"}}</label><div data-field="description" id="teller-d">{{tr "Only if you write for somebody else, and the manager may ask you."}}</div><input class="ds-input" id="teller" name="teller" autocomplete="off" maxlength="120" value="{{v->teller}}" aria-describedby="teller-d{{if v->teller_error}} teller-error{{end}}"{{if v->teller_error}} aria-invalid="true"{{end}}>
{{call missing_error("teller-error", v->teller_error)}}
</div>
{{end}}
{{template missing_there_page(const struct there_view *v)}}
{{call look_top(&v->look)}}
<form class="mk-stack mk-narrow" data-gap="10" action="{{v->action}}" method="post" novalidate><input type="hidden" name="once" value="{{v->once}}">
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{tr "Was somebody left out?"}}</h1>
<p class="mk-lead">{{tr "When something hard has happened, everybody who was there is offered support. Tell us here if you, or somebody else, were forgotten."}}</p>
<p class="mk-note">{{call look_icon_warning()}}<span>{{tr "This goes to the manager, who reads what you write. Do not write what happened, nor anything about anybody’s health."}}</span></p></div>
{{if v->held}}
<p class="mk-note" data-color="warning" role="alert">{{call look_icon_warning()}}<span>{{v->held}}</span></p>
{{end}}
{{call missing_summary(v->faults, v->faults_n)}}
<fieldset class="ds-fieldset"{{if v->who_error}} aria-describedby="who-error"{{end}}><legend class="ds-label mk-q">{{tr "What do you want to say?"}}</legend>
<div class="mk-tiles">{{call missing_tiles("who", v->whos, v->whos_n, v->who_error)}}</div>
{{call missing_error("who-error", v->who_error)}}
</fieldset>
{{call missing_where(v)}}
{{call missing_whom(v)}}
<div class="mk-row"><button class="ds-button mk-call" type="submit">{{tr "Send to the manager"}}</button></div>
</form>
{{call look_bottom(&v->look)}}
{{end}}
{{template missing_sent_page(const struct look *l)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{tr "Thank you. It has been sent to the manager."}}</h1>
<p>{{tr "The manager looks at it and makes sure that whoever was there is offered support. You get no answer here: this page is the same for everybody, whatever they wrote."}}</p>
<p class="mk-row"><a class="ds-button" data-variant="secondary" href="/there">{{tr "Tell us about one more"}}</a></p></section>
{{call look_bottom(l)}}
{{end}}
{{template missing_list_page(const struct missing_list_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="8">
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{tr "Somebody may be missing"}}</h1>
{{if v->said}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{v->said}}</span></p>
{{end}}
</div>
{{if v->rows_n}}
<ul class="mk-plain mk-stack mk-incidents">
{{for i in v->rows_n}}
{{let const struct missing_row *r = &v->rows[i]}}
<li class="mk-card mk-stack" data-gap="2"><p class="mk-row mk-quiet"><span>{{r->place}}</span><span>{{r->when}}</span></p>
<h2 class="ds-heading" data-size="xs"><a class="ds-link mk-hit" href="{{r->href}}">{{r->title}}</a></h2>
<p class="mk-quiet">{{r->made}}</p></li>
{{end}}
</ul>
{{if v->more}}
<p class="mk-quiet">{{v->more}}</p>
{{end}}
{{else}}
<section class="mk-card mk-state mk-narrow"><h2 class="ds-heading" data-size="sm">{{tr "Nothing is waiting for you"}}</h2>
<p>{{tr "When somebody reports that a person was left out, it stays here until a manager has decided."}}</p></section>
{{end}}
<section class="mk-stack" data-gap="2" aria-labelledby="page"><h2 class="ds-heading" data-size="2xs" id="page">{{tr "Anybody can tell us"}}</h2><p>{{tr "Put this address on the intranet and on posters. It is the same for everybody, and needs no sign-in:"}} <a class="ds-link mk-hit" href="/there">{{v->address}}</a></p></section>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template missing_what(const struct missing_view *v)}}
<ul class="ds-list"><li>{{tr "Unit"}}: <b>{{v->place}}</b></li><li>{{tr "When"}}: <b>{{v->when}}</b></li>
{{if v->name}}
<li>{{tr "Name"}}: <b>{{v->name}}</b></li>
{{end}}
{{if v->contact}}
<li>{{tr "Phone or e-mail"}}: <b>{{v->contact}}</b></li>
{{end}}
{{if v->number}}
<li>{{tr "Employee number"}}: <b>{{v->number}}</b></li>
{{end}}
{{if v->teller}}
<li>{{tr "Reported by"}}: <b>{{v->teller}}</b></li>
{{end}}
</ul>
<p class="mk-quiet">{{v->made}}</p>
{{end}}
{{template missing_one_page(const struct missing_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/reported">{{tr "Somebody may be missing"}}</a></p><h1 class="mk-voice">{{v->look.title}}</h1>
{{call missing_what(v)}}
{{if v->state}}
<p class="mk-note">{{call look_icon_tick()}}<span>{{v->state}}</span></p>
{{end}}
</div>
{{if v->action}}
<form class="mk-stack" data-gap="8" action="{{v->action}}" method="post" novalidate><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="was" value="{{v->was}}">
{{call missing_summary(v->faults, v->faults_n)}}
{{if v->reads}}
{{call missing_decide(v)}}
{{else}}
{{call missing_give_to(v)}}
{{end}}
</form>
{{end}}
{{if v->make || v->decline}}
<section class="mk-stack" data-gap="2" aria-labelledby="else"><h2 class="ds-heading" data-size="xs" id="else">{{tr "Or"}}</h2>
{{if v->make}}
<p><a class="ds-link mk-hit" href="{{v->make}}">{{tr "Register an incident that this person was part of"}}</a></p>
{{end}}
{{if v->decline}}
<p><a class="ds-link mk-hit" href="{{v->decline}}">{{tr "This is not right, or cannot be found out"}}</a></p>
{{end}}
</section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template missing_decide(const struct missing_view *v)}}
<fieldset class="ds-fieldset"{{if v->person_error}} aria-describedby="person-error"{{end}}><legend class="ds-label mk-q">{{tr "Who is it?"}}</legend>
<div class="mk-tiles" data-wide>{{call missing_tiles("person", v->people, v->people_n, v->person_error)}}</div>
{{call missing_error("person-error", v->person_error)}}
<div class="ds-field"><label class="ds-label" for="phone">{{tr "Phone of somebody from outside"}}</label><input class="ds-input" id="phone" name="phone" type="tel" autocomplete="off" maxlength="40" value="{{v->phone}}"{{if v->phone_error}} aria-invalid="true" aria-describedby="phone-error"{{end}}>
{{call missing_error("phone-error", v->phone_error)}}
</div>
<div class="ds-field"><label class="ds-label" for="how">{{tr "How"}}</label><select class="ds-input" id="how" name="how">
{{for i in v->hows_n}}
<option value="{{v->hows[i].value}}"{{if v->hows[i].chosen}} selected{{end}}>{{v->hows[i].text}}</option>
{{end}}
</select></div></fieldset>
{{if v->incidents_n}}
<fieldset class="ds-fieldset"{{if v->incident_error}} aria-describedby="incident-error"{{end}}><legend class="ds-label mk-q">{{tr "Which incident?"}}</legend>
<div class="mk-tiles" data-wide>{{call missing_tiles("incident", v->incidents, v->incidents_n, v->incident_error)}}</div>
{{call missing_error("incident-error", v->incident_error)}}
</fieldset>
<div class="mk-stack" data-gap="2"><div class="mk-row"><button class="ds-button" type="submit">{{tr "Add and offer support"}}</button></div></div>
{{else}}
<p>{{tr "None of your incidents is near that day."}}</p>
{{end}}
{{end}}
{{template missing_give_to(const struct missing_view *v)}}
{{if v->units_n}}
<p>{{tr "Nobody leads a unit of that name. Say which unit it belongs to; its manager will then see who it is about."}}</p>
<div class="ds-field"><label class="ds-label" for="unit">{{tr "Unit"}}</label><select class="ds-input" id="unit" name="unit"{{if v->unit_error}} aria-invalid="true" aria-describedby="unit-error"{{end}}><option value="">{{tr "Choose a unit"}}</option>
{{for i in v->units_n}}
<option value="{{v->units[i].value}}"{{if v->units[i].chosen}} selected{{end}}>{{v->units[i].text}}</option>
{{end}}
</select>
{{call missing_error("unit-error", v->unit_error)}}
</div><div class="mk-row"><button class="ds-button" type="submit">{{tr "Give it to this unit"}}</button></div>
{{else}}
<p>{{tr "Nobody has been made manager of a unit yet. Whoever runs Makker can do that; until then this waits here."}}</p>
{{end}}
{{end}}
{{template missing_not_so_page(const struct missing_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow"><h1 class="mk-voice">{{tr "Add nobody?"}}</h1>
{{call missing_what(v)}}
<p>{{tr "Whoever it is about will then not be offered support. Have you asked, if you were in doubt? What was written is kept for four weeks, so that you can change your mind, and is then deleted."}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><button class="ds-button" type="submit">{{tr "Yes, add nobody"}}</button><a class="ds-button" data-variant="secondary" href="{{v->make}}">{{tr "Back"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
