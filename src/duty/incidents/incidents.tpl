{{include "duty/incidents/incidents_view.h"}}
{{include "lang/lang.h"}}
{{# An error beside its field. }}
{{template incidents_error(const char *id, const char *text)}}
{{if text}}
<p class="ds-validation-message" data-color="danger" id="{{id}}">{{text}}</p>
{{end}}
{{end}}
{{template incidents_faults(const struct form_view *v)}}
{{if v->faults_n}}
<div class="ds-error-summary" data-color="danger" id="faults" tabindex="-1" autofocus role="group" aria-labelledby="faults-h"><h2 class="ds-heading" data-size="xs" id="faults-h">{{tr "Something is missing before this can be saved"}}</h2>
<ul class="ds-list">
{{for i in v->faults_n}}
<li><a class="ds-link" href="{{v->faults[i].href}}">{{v->faults[i].text}}</a></li>
{{end}}
</ul></div>
{{end}}
{{end}}
{{template incidents_tiles(const char *name, const struct tile_view *list, size_t n, const char *error)}}
{{for i in n}}
{{let const struct tile_view *t = &list[i]}}
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="{{name}}" id="{{name}}-{{i}}" value="{{t->value}}"{{if t->chosen}} checked{{end}}{{if error}} aria-invalid="true"{{end}}{{if t->hint}} aria-describedby="{{name}}-{{i}}-d"{{end}}><label class="ds-label" for="{{name}}-{{i}}">{{t->text}}</label>
{{if t->hint}}
<div data-field="description" id="{{name}}-{{i}}-d">{{t->hint}}</div>
{{end}}
</div>
{{end}}
{{end}}
{{template incidents_chosen(const struct chosen_view *c, const char *action)}}
<li class="mk-affected" data-seat><span class="ds-avatar mk-face" data-color="{{c->tint}}" data-small aria-hidden="true">{{c->initials}}</span><div class="mk-grow"><b>{{c->name}}</b><br><span class="mk-quiet mk-small">{{c->about}}</span></div><select class="ds-input" name="seat" aria-label="{{c->how_label}}">
{{for k in c->choices}}
<option value="{{c->value[k]}}"{{if k == c->chosen}} selected{{end}}>{{c->choice[k]}}</option>
{{end}}
</select><button class="mk-x mk-plainx" type="submit" name="do" value="{{c->drop}}" formaction="{{action}}#who" aria-label="{{c->remove}}">{{call look_icon_cross()}}</button></li>
{{end}}
{{# What duty-form.js makes a new row of; it is not sent. }}
{{template incidents_proto()}}
<li class="mk-affected" data-proto hidden><span class="ds-avatar mk-face" data-color="neutral" data-small aria-hidden="true"></span><div class="mk-grow"><b></b><br><span class="mk-quiet mk-small"></span></div><select class="ds-input" disabled aria-label="{{tr "How {name} is affected"  name="{name}"}}">
<option value="0">{{tr "Directly affected"}}</option><option value="1">{{tr "Saw it"}}</option><option value="2">{{tr "Helped"}}</option><option value="3">{{tr "Directly affected, and a party"}}</option><option value="4">{{tr "A party: gets no message"}}</option><option value="5">{{tr "Reviews it: gets no message"}}</option>
</select><button class="mk-x mk-plainx" type="submit" name="do" value="" disabled aria-label="{{tr "Remove {name}" name="{name}"}}">{{call look_icon_cross()}}</button></li>
{{end}}
{{template incidents_search(const struct who_view *v)}}
<div class="mk-row mk-findrow"><div class="ds-field mk-grow mk-combo"><label class="ds-label" for="q">{{tr "Search by name, employee number or e-mail"}}</label><input class="ds-input" id="q" name="q" type="search" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200" value="{{v->query}}" data-search="/people/search" aria-describedby="q-said{{if v->query_error}} q-error{{end}}"{{if v->query_error}} aria-invalid="true"{{end}} data-none="{{tr "Nobody with that name."}}" data-there="{{tr "in the list already"}}" data-many="{{tr "Choose with the arrow keys and Enter."}}"><ul class="mk-options" id="q-list" role="listbox" aria-label="{{tr "People found"}}" hidden></ul></div><button class="ds-button" data-variant="secondary" type="submit" name="do" value="find" formaction="{{v->action}}#who">{{tr "Find"}}</button>
{{if v->whole_unit}}
<button class="ds-button" data-variant="secondary" type="submit" name="do" value="unit" formaction="{{v->action}}#who">{{tr "The whole unit"}}</button>
{{end}}
</div>
{{call incidents_error("q-error", v->query_error)}}
<p class="mk-quiet" id="q-said" role="status">{{v->said}}</p><input type="hidden" name="q-told" value="{{v->query_told}}">
{{if v->searched}}
<div class="mk-card mk-stack" data-gap="2" id="hits"><p>{{v->hits_text}}</p>
{{if v->hits_n}}
<ul class="mk-list">
{{for i in v->hits_n}}
{{let const struct hit_view *t = &v->hits[i]}}
<li class="mk-hitrow"><div class="mk-grow"><b>{{t->name}}</b><br><span class="mk-quiet mk-small">{{t->about}}</span></div>
{{if t->there}}
<span class="mk-quiet">{{tr "in the list already"}}</span>
{{else}}
<button class="ds-button" data-variant="secondary" type="submit" name="do" value="{{t->add}}" formaction="{{v->action}}#who">{{tr "Add"}}<span class="ds-sr-only"> {{t->name}}</span></button>
{{end}}
</li>
{{end}}
</ul>
{{end}}
</div>
{{end}}
{{end}}
{{template incidents_more_ways(const struct who_view *v)}}
<details class="ds-details"{{if v->paste_open}} open{{end}}><summary>{{tr "Paste a list"}}</summary><div class="mk-stack" data-gap="3">
<div class="ds-field"><label class="ds-label" for="paste">{{tr "One person on each line"}}</label><div data-field="description" id="paste-d">{{tr "E-mail, employee number or full name."}}</div><textarea class="ds-input" id="paste" name="paste" rows="5" autocomplete="off" spellcheck="false" aria-describedby="paste-d{{if v->paste_error}} paste-error{{end}}"{{if v->paste_error}} aria-invalid="true"{{end}}>{{v->paste}}</textarea>
{{call incidents_error("paste-error", v->paste_error)}}
{{if v->unclear_n}}
<ul class="ds-list" id="unclear">
{{for i in v->unclear_n}}
<li>{{v->unclear[i]}}</li>
{{end}}
</ul>
{{end}}
</div>
<p class="mk-row"><button class="ds-button" data-variant="secondary" type="submit" name="do" value="paste" formaction="{{v->action}}#who">{{tr "Add those on the list"}}</button></p></div></details>
<details class="ds-details"{{if v->out_open}} open{{end}}><summary>{{tr "Somebody from outside"}}</summary><div class="mk-stack" data-gap="3">
<p class="mk-quiet">{{tr "A temp, a student, a contractor: anybody who is not in the directory. Somebody calls them."}}</p>
<div class="mk-field-row"><div class="ds-field"><label class="ds-label" for="out-name">{{tr "Name"}}</label><input class="ds-input" id="out-name" name="out-name" autocomplete="off" maxlength="100" value="{{v->out_name}}"{{if v->out_name_error}} aria-invalid="true" aria-describedby="out-name-error"{{end}}>
{{call incidents_error("out-name-error", v->out_name_error)}}
</div><div class="ds-field"><label class="ds-label" for="out-phone">{{tr "Phone"}}</label><input class="ds-input" id="out-phone" name="out-phone" type="tel" autocomplete="off" maxlength="40" value="{{v->out_phone}}"{{if v->out_phone_error}} aria-invalid="true" aria-describedby="out-phone-error"{{end}}>
{{call incidents_error("out-phone-error", v->out_phone_error)}}
</div><div class="ds-field"><label class="ds-label" for="out-lang">{{tr "Language"}}</label><select class="ds-input" id="out-lang" name="out-lang">
{{for i in v->langs_n}}
<option value="{{v->langs[i].value}}"{{if v->langs[i].chosen}} selected{{end}}>{{v->langs[i].text}}</option>
{{end}}
</select></div></div>
<p class="mk-row"><button class="ds-button" data-variant="secondary" type="submit" name="do" value="outside" formaction="{{v->action}}#who">{{tr "Add this person"}}</button></p></div></details>
{{end}}
{{template incidents_who(const struct who_view *v)}}
<fieldset class="ds-fieldset mk-who" id="who" tabindex="-1"{{if v->error}} aria-describedby="who-error"{{end}}><legend class="ds-label mk-q">{{tr "Who was affected?"}}</legend>
<p data-field="description">{{tr "Better one too many than one too few. The offer is voluntary."}}</p>
<p data-field="description">{{tr "Does it concern you yourself, or another manager? Add that person, and choose “a party” beside the name: somebody else then follows the incident."}}</p>
<p data-field="description">{{tr "Will somebody review or investigate it? Add that person, and choose “reviews it”: whoever reviews it is not sent as a peer supporter."}}</p>
{{call incidents_error("who-error", v->error)}}
{{call incidents_search(v)}}
<ul class="mk-list" id="chosen">
{{for i in v->chosen_n}}
{{call incidents_chosen(&v->chosen[i], v->action)}}
{{end}}
{{call incidents_proto()}}
</ul>
<div>
{{call incidents_more_ways(v)}}
</div>
</fieldset>
<fieldset class="ds-fieldset" id="forgotten"><legend class="ds-label mk-q">{{tr "Has anybody been forgotten?"}}</legend>
<p data-field="description">{{tr "These are missed most often:"}}</p>
<ul class="mk-chips mk-asks"><li>{{tr "the night shift"}}</li><li>{{tr "the cleaner"}}</li><li>{{tr "the dispatcher"}}</li><li>{{tr "the student"}}</li><li>{{tr "the temp"}}</li><li>{{tr "whoever came later"}}</li><li>{{tr "you yourself"}}</li></ul>
{{if v->me}}
<p data-field="description">{{tr "Were you affected too? You get the same offer as everybody else. Your own manager is then the one who asks how you are."}}</p>
{{end}}
<p class="mk-row">
{{if v->me}}
<button class="ds-button" data-variant="secondary" type="submit" name="do" value="me" formaction="{{v->action}}#who">{{tr "I was affected too"}}</button>
{{end}}
<a class="ds-link mk-hit" href="#who">{{tr "Add somebody"}}</a></p></fieldset>
{{end}}
{{template incidents_when(const struct form_view *v)}}
<fieldset class="ds-fieldset" id="when"{{if v->day_error}} aria-describedby="day-error"{{end}}><legend class="ds-label mk-q">{{tr "When and where?"}}</legend>
<div class="mk-tiles mk-days">{{call incidents_tiles("day", v->days, v->days_n, v->day_error)}}</div>
{{call incidents_error("day-error", v->day_error)}}
<div class="mk-row" data-top><div class="ds-field mk-earlier"><label class="ds-label" for="date">{{tr "Which day"}}</label><input class="ds-input" id="date" name="date" type="date" max="{{v->today}}" value="{{v->date}}"{{if v->date_error}} aria-invalid="true" aria-describedby="date-error"{{end}}>
{{call incidents_error("date-error", v->date_error)}}
</div><div class="ds-field mk-short"><label class="ds-label" for="clock">{{tr "What time, about"}}</label><input class="ds-input" id="clock" name="clock" inputmode="decimal" autocomplete="off" maxlength="20" value="{{v->clock}}"{{if v->clock_error}} aria-invalid="true" aria-describedby="clock-error"{{end}}>
{{call incidents_error("clock-error", v->clock_error)}}
</div></div>
<div class="ds-field"><label class="ds-label" for="unit">{{tr "Unit"}}</label><select class="ds-input" id="unit" name="unit"{{if v->unit_error}} aria-invalid="true" aria-describedby="unit-error"{{end}}>
{{if v->units_n != 1}}
<option value="">{{tr "Choose a unit"}}</option>
{{end}}
{{for i in v->units_n}}
<option value="{{v->units[i].value}}"{{if v->units[i].chosen}} selected{{end}}>{{v->units[i].text}}</option>
{{end}}
</select>
{{call incidents_error("unit-error", v->unit_error)}}
</div></fieldset>
{{end}}
{{template incidents_sentence(const struct form_view *v)}}
<div class="ds-field"><label class="ds-label mk-q" for="sentence">{{tr "One neutral sentence"}}</label><div data-field="description" id="sentence-d">{{tr "Others will read this sentence. Write no names, and nothing about anybody’s health."}}</div><textarea class="ds-input" id="sentence" name="sentence" rows="3" maxlength="200" autocomplete="off" aria-describedby="sentence-d sentence-hint{{if v->sentence_error}} sentence-error{{end}}"{{if v->sentence_error}} aria-invalid="true"{{end}} data-name="{{tr "“{word}” looks like a name. Write “a colleague” instead." word="{word}"}}">{{v->sentence}}</textarea>
{{call incidents_error("sentence-error", v->sentence_error)}}
<p class="ds-validation-message" data-color="warning" id="sentence-hint" role="status"{{if !v->sentence_hint}} hidden{{end}}>{{v->sentence_hint}}</p></div>
{{end}}
{{template incidents_then()}}
<aside class="mk-stack mk-stick" data-gap="3" aria-labelledby="then"><h2 class="ds-heading" data-size="2xs" id="then">{{tr "When you have saved"}}</h2>
<ol class="mk-steps"><li><b>{{tr "At once"}}</b><br>{{tr "Everybody gets a personal offer, and a colleague makes contact, if possible from another unit."}}</li><li><b>{{tr "Today"}}</b><br>{{tr "You see who could not be reached, and speak to them yourself."}}</li><li><b>{{tr "After two to four days"}}</b><br>{{tr "Everybody is asked again, whatever they answered the first time."}}</li><li><b>{{tr "After four weeks"}}</b><br>{{tr "Everybody gets one last message: how are you?"}}</li></ol>
<p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "You see that everybody has been offered support. What they answer you will never know, nor will any other manager."}}</span></p></aside>
{{end}}
{{template incidents_form_page(const struct form_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-split" data-aside>
<form class="mk-stack" data-gap="10" id="incident" action="{{v->who.action}}" method="post" novalidate data-save="{{tr "Save and offer support to {n}" n="{n}"}}" data-save-none="{{tr "Save and offer support"}}">
<input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="once" value="{{v->once}}">
{{if v->from}}
<input type="hidden" name="from" value="{{v->from}}">
{{end}}
<button type="submit" name="do" value="find" formaction="{{v->who.action}}#who" hidden>{{tr "Find"}}</button>
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{tr "What has happened?"}}</h1>
<p class="mk-lead">{{tr "It takes about two minutes. When you are done, everybody affected gets an offer of support."}}</p></div>
{{call incidents_faults(v)}}
<fieldset class="ds-fieldset"{{if v->kind_error}} aria-describedby="kind-error"{{end}}><legend class="ds-label mk-q">{{tr "What kind of incident?"}}</legend>
<div class="mk-tiles">{{call incidents_tiles("kind", v->kinds, v->kinds_n, v->kind_error)}}</div>
{{call incidents_error("kind-error", v->kind_error)}}
</fieldset>
<fieldset class="ds-fieldset"{{if v->severity_error}} aria-describedby="severity-error"{{end}}><legend class="ds-label mk-q">{{tr "How serious?"}}</legend>
<div class="mk-tiles" data-wide>{{call incidents_tiles("severity", v->severities, v->severities_n, v->severity_error)}}</div>
{{call incidents_error("severity-error", v->severity_error)}}
</fieldset>
{{call incidents_when(v)}}
{{call incidents_sentence(v)}}
{{call incidents_who(&v->who)}}
<div class="mk-stack" data-gap="3"><div class="mk-row"><button class="ds-button mk-call" type="submit" name="do" value="save" id="save">{{v->save}}</button></div>
<p class="mk-quiet">{{tr "You can add people afterwards."}}</p></div>
</form>
{{call incidents_then()}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template incidents_people_page(const struct form_view *v)}}
{{call look_top(&v->look)}}
<form class="mk-stack mk-narrow" data-gap="10" id="incident" action="{{v->who.action}}" method="post" novalidate data-save="{{tr "Offer support to {n} more" n="{n}"}}" data-save-none="{{tr "Offer support to more people"}}">
<input type="hidden" name="csrf" value="{{v->look.csrf}}"><button type="submit" name="do" value="find" formaction="{{v->who.action}}#who" hidden>{{tr "Find"}}</button>
<div class="mk-stack" data-gap="3"><p><a class="ds-link mk-hit" href="{{v->back}}">{{v->incident_title}}</a></p><h1 class="mk-voice">{{tr "Who else was affected?"}}</h1></div>
{{call incidents_faults(v)}}
{{call incidents_who(&v->who)}}
<div class="mk-row"><button class="ds-button mk-call" type="submit" name="do" value="save" id="save">{{v->save}}</button></div>
</form>
{{call look_bottom(&v->look)}}
{{end}}
