{{# A session for everybody affected: the coordinator plans it, two supporters lead it. Who comes stands nowhere. }}
{{include "haven/groups/groups_view.h"}}

{{template groups_card(const struct groups_card *c)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="g-{{c->key.s}}">
<div><h2 class="ds-heading" data-size="2xs" id="g-{{c->key.s}}">{{c->title}}</h2><p class="mk-quiet">{{c->happened}}</p></div>
<p><b>{{c->said}}</b>
{{if c->place}}
<br>{{c->place}}<br>{{c->led}}
{{end}}
</p>
{{if c->warning}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{c->warning}}</span></p>
{{end}}
{{if c->href}}
<p class="mk-row"><a class="ds-button"{{if c->planned}} data-variant="secondary"{{end}} href="{{c->href}}" aria-describedby="g-{{c->key.s}}">{{if c->planned}}{{tr "Change the plan"}}{{else}}{{tr "Plan it"}}{{end}}</a><a class="ds-link mk-hit" href="{{c->none}}" aria-describedby="g-{{c->key.s}}">{{tr "It will not be held"}}</a></p>
{{end}}
</section>
{{end}}

{{template groups_list_page(const struct groups_list_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/s/programme">{{tr "The programme"}}</a></p>
<h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{tr "A manager has asked for a talk for everybody who was there, led by two peer supporters within 48 hours. You find time, place and the two; everybody affected is told. It never takes the place of anybody’s own offer."}}</p>
<p class="mk-note" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "The manager is told on which day it was held, and nothing else. Who comes is written down nowhere."}}</span></p></div>
{{if !v->cards_n}}
<p>{{tr "Nobody has asked for one."}}</p>
{{end}}
{{for i in v->cards_n}}
{{call groups_card(&v->cards[i])}}
{{end}}
{{if v->cards_n}}
<p>{{tr "Anybody a message cannot reach is told by you, or by whoever calls them."}} <a class="ds-link mk-hit" href="/s/programme/unreached">{{tr "Who could not be reached by any message"}}</a></p>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}

{{template groups_select(const char *name, const char *label, const struct groups_option *list, size_t n, const char *fault)}}
<div class="ds-field"><label class="ds-label" for="{{name}}">{{label}}</label><select class="ds-input" id="{{name}}" name="{{name}}"{{if fault}} aria-invalid="true" aria-describedby="{{name}}-e"{{end}}>
{{for i in n}}
<option value="{{list[i].value}}"{{if list[i].chosen}} selected{{end}}>{{list[i].text}}</option>
{{end}}
</select>
{{if fault}}
<p class="ds-validation-message" id="{{name}}-e">{{fault}}</p>
{{end}}
</div>
{{end}}

{{template groups_who_leads(const struct groups_plan_view *v)}}
<fieldset class="ds-fieldset"><legend class="ds-label mk-q">{{tr "Who leads it?"}}</legend>
{{if v->leaders_n < 3}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "Fewer than two peer supporters can lead it then. Try another time. If there is none within the limit, ask {name}, {number}, and say here that it will not be held." name=v->line->name number=v->line->number}}</span></p>
{{else}}
<p class="mk-quiet">{{tr "These can be reached then, are rested and have room, and were not part of it. Speak with the two before you save."}}</p>
<div class="mk-stack" data-gap="3">
{{call groups_select("first", tr(h->lang, "One"), v->first, v->leaders_n, v->lead_fault)}}
{{call groups_select("second", tr(h->lang, "The other"), v->second, v->leaders_n, NULL)}}
</div>
{{end}}
</fieldset>
{{end}}

{{template groups_plan_page(const struct groups_plan_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
{{if v->faults_n}}
<div class="ds-error-summary" data-color="danger" id="faults" tabindex="-1" autofocus role="group" aria-labelledby="faults-h"><h2 class="ds-heading" data-size="xs" id="faults-h">{{tr "Something is missing before this can be saved"}}</h2><ul>
{{for i in v->faults_n}}
<li><a href="{{v->faults[i].href}}">{{v->faults[i].text}}</a></li>
{{end}}
</ul></div>
{{end}}
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/s/programme/groups">{{tr "Group sessions"}}</a></p>
<h1 class="mk-voice">{{v->look.title}}</h1>
<p class="mk-quiet">{{v->title}} {{v->happened}}</p>
<p><b>{{v->limit}}</b> {{tr "In the same shift is best, so that all can come."}}</p>
{{if v->meanwhile}}
<p class="mk-note" data-color="warning" role="alert">{{call look_icon_warning()}}<span>{{tr "Somebody else has changed it meanwhile. Nothing of yours was saved; this is how it stands now."}}</span></p>
{{end}}
{{if v->taken_back}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "The manager has withdrawn the request. You decide whether it is held all the same."}}</span></p>
{{end}}
</div>
<form class="mk-stack" method="post" action="{{v->action}}" novalidate><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="rev" value="{{v->rev}}">
<div class="mk-field-row">{{call groups_select("day", tr(h->lang, "Day"), v->days, v->days_n, v->day_fault)}}
<div class="ds-field"><label class="ds-label" for="clock">{{tr "Begins at"}}</label><input class="ds-input" id="clock" name="clock" inputmode="decimal" autocomplete="off" maxlength="8" value="{{v->clock}}" aria-describedby="clock-d{{if v->clock_fault}} clock-e{{end}}"{{if v->clock_fault}} aria-invalid="true"{{end}}><div data-field="description" id="clock-d">{{tr "Like 14:30. It takes about an hour."}}</div>
{{if v->clock_fault}}
<p class="ds-validation-message" id="clock-e">{{v->clock_fault}}</p>
{{end}}
</div></div>
{{if v->late}}
<div class="ds-field"><input class="ds-input" type="checkbox" id="late" name="late"{{if v->late_ticked}} checked{{end}}{{if v->late_fault}} aria-invalid="true" aria-describedby="late-e"{{end}}><label class="ds-label" for="late">{{tr "It is later than 48 hours after what happened, and planned all the same"}}</label>
{{if v->late_fault}}
<p class="ds-validation-message" id="late-e">{{v->late_fault}}</p>
{{end}}
</div>
{{end}}
<div class="ds-field"><label class="ds-label" for="place">{{tr "Where"}}</label><div data-field="description" id="place-d">{{tr "A quiet room where nobody is called away. Everybody affected sees it, and nobody else."}}</div><input class="ds-input" id="place" name="place" autocomplete="off" maxlength="200" value="{{v->place}}" aria-describedby="place-d{{if v->place_fault}} place-e{{end}}"{{if v->place_fault}} aria-invalid="true"{{end}}>
{{if v->place_fault}}
<p class="ds-validation-message" id="place-e">{{v->place_fault}}</p>
{{end}}
</div>
{{if v->found}}
{{call groups_who_leads(v)}}
{{end}}
<div class="mk-row">
{{if v->found && v->leaders_n > 2}}
<button class="ds-button" type="submit" name="do" value="save">{{if v->planned}}{{tr "Change it"}}{{else}}{{tr "Save, and tell everybody affected"}}{{end}}</button>
<button class="ds-button" data-variant="secondary" type="submit" name="do" value="find">{{tr "See who can lead it at another time"}}</button>
{{else}}
<button class="ds-button" type="submit" name="do" value="find">{{tr "See who can lead it then"}}</button>
{{end}}
</div></form>
<p><a class="ds-link mk-hit" href="{{v->none}}">{{tr "It will not be held"}}</a></p>
</div>
{{call look_bottom(&v->look)}}
{{end}}

{{template groups_sure_page(const struct groups_sure_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{v->question}}</h1>
<p>{{v->what}}</p>
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="sure" value="on">
{{for i in v->hidden_n}}
<input type="hidden" name="{{v->hidden[i].name}}" value="{{v->hidden[i].value}}">
{{end}}
<button class="ds-button" type="submit">{{v->yes}}</button><a class="ds-button" data-variant="secondary" href="{{v->back}}">{{tr "No, go back"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}

{{# Sources: README.md of this room. }}
{{template groups_guide()}}
<section class="mk-stack" data-gap="3" aria-labelledby="how"><h2 class="ds-heading" data-size="xs" id="how">{{tr "How it is done"}}</h2>
<p>{{tr "This is a defusing: a short, planned talk soon after. It is not a psychological debriefing, which takes a professional, nor a review of what should have been done, which comes later."}}</p>
<h3 class="ds-heading" data-size="2xs">{{tr "Before"}}</h3>
<ul class="ds-list"><li>{{tr "Agree who leads and who watches over how people are."}}</li><li>{{tr "See to it that nobody is called away while it runs."}}</li></ul>
<h3 class="ds-heading" data-size="2xs">{{tr "While it runs"}}</h3>
<ul class="ds-list"><li>{{tr "Say that it is voluntary: everybody may come, go, and say nothing. What is said stays in the room."}}</li><li>{{tr "Go through what happened in the order in which it happened, so that all have the whole picture. No painful details."}}</li><li>{{tr "Ask how it is now, not who did what. Nobody is to blame here."}}</li><li>{{tr "Say what is common afterwards, what helps, and that some feel it only later."}}</li><li>{{tr "End with what happens next: everybody keeps their own offer, and whom to call."}}</li></ul>
<h3 class="ds-heading" data-size="2xs">{{tr "Afterwards"}}</h3>
<ul class="ds-list"><li>{{tr "Speak alone with whoever seems to need more, and say where a professional can be found."}}</li><li>{{tr "Talk with each other for ten minutes. If the group wants to go on, tell the coordinator."}}</li><li>{{tr "Write nothing down: not who came, not what was said."}}</li></ul></section>
{{end}}

{{template groups_say_form(const struct groups_lead_view *v)}}
<form class="mk-card mk-stack" data-gap="3" method="post" action="{{v->action}}" novalidate><input type="hidden" name="csrf" value="{{v->look.csrf}}">
<fieldset class="ds-fieldset"><legend class="ds-label mk-q">{{tr "Was it held?"}}</legend>
<div class="mk-tiles" data-wide>
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="held" value="yes" id="held-yes" checked><label class="ds-label" for="held-yes">{{tr "Yes"}}</label><div class="mk-more">{{call groups_select("day", tr(h->lang, "On which day?"), v->days, v->days_n, NULL)}}</div></div>
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="held" value="no" id="held-no"><label class="ds-label" for="held-no">{{tr "No"}}</label></div>
</div></fieldset>
{{if v->fault}}
<p class="ds-validation-message" role="alert">{{v->fault}}</p>
{{end}}
<p class="mk-quiet mk-small">{{tr "The manager is told the day, and nothing else. If you say nothing for a week, it counts as not held."}}</p>
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Go on"}}</button></div></form>
{{end}}

{{template groups_lead_page(const struct groups_lead_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="/s/desk">{{tr "Your desk"}}</a></p>
<h1 class="mk-voice">{{v->look.title}}</h1>
{{if v->called_off}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "It is called off, and everybody affected has been told. Thank you for saying yes."}}</span></p>
{{end}}
<p><b>{{v->when}}</b><br>{{v->place}}</p>
<p class="mk-quiet">{{v->title}} {{v->happened}}</p>
{{if v->with}}
<p>{{v->with}}</p>
{{end}}
</div>
{{if v->begun}}
{{call groups_say_form(v)}}
{{end}}
{{if !v->called_off}}
{{call groups_guide()}}
<p class="mk-quiet">{{tr "If you cannot come after all, tell the coordinator at once. If somebody needs a professional: {name}, {number}." name=v->line->name number=v->line->number}}</p>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
