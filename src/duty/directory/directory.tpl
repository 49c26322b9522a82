{{include "duty/directory/directory_view.h"}}
{{include "lang/lang.h"}}
{{template directory_head(const struct directory_view *v)}}
<h1 class="mk-voice">{{v->title}}</h1>
{{if v->error}}
<div class="ds-error-summary" data-color="danger" id="faults" tabindex="-1" autofocus role="group" aria-labelledby="faults-h"><h2 class="ds-heading" data-size="xs" id="faults-h">{{v->error}}</h2></div>
{{end}}
{{if v->warning}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{v->warning}}</span></p>
{{end}}
{{if v->lead}}
<p>{{v->lead}}</p>
{{end}}
{{end}}
{{template directory_give_up_form(const struct directory_view *v)}}
<form method="post" action="/directory/import/give-up" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}"><button class="ds-button" data-variant="tertiary" type="submit">{{tr "Cancel; change nothing"}}</button></form>
{{end}}
{{template directory_say_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow"{{if v->reload}} id="moving"{{end}}>
{{call directory_head(v)}}
{{if v->note}}
<p class="mk-quiet" role="status">{{v->note}}</p>
{{end}}
{{if v->has_night}}
<h2 class="ds-heading" data-size="xs">{{tr "The nightly file"}}</h2>
{{if v->night_warning}}
<p class="mk-note" data-color="warning" id="night">{{call look_icon_warning()}}<span>{{v->night_warning}}</span></p>
{{end}}
<p class="mk-quiet">{{v->night_taken}}
{{if v->night_made}}
 {{v->night_made}}
{{end}}
</p>
{{end}}
{{if v->go}}
<p class="mk-row"><a class="ds-button"{{if v->reload}} data-variant="secondary"{{end}} href="{{v->go}}">{{v->go_text}}</a></p>
{{end}}
{{if v->may_change}}
{{call directory_give_up_form(v)}}
{{end}}
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_file_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-stack mk-narrow">
{{call directory_head(v)}}
<form method="post" action="/directory/import" enctype="multipart/form-data" class="mk-stack"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><div class="ds-field"><label class="ds-label" for="file">{{tr "The file"}}</label><div data-field="description" id="file-d">{{v->size}}</div><input class="ds-input" type="file" id="file" name="file" accept=".csv,.txt,text/csv" required aria-describedby="file-d"></div>
<p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "National identity numbers and birth dates are not read in. The file itself is gone when you are done, or after an hour."}}</span></p>
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Send the file"}}</button><a class="ds-button" data-variant="tertiary" href="/directory">{{tr "Back"}}</a></p></form>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_select(const char *id, const char *name, const char *label, const struct option_view *list, size_t n)}}
<div class="ds-field"><label class="ds-label" for="{{id}}">{{label}}</label><select class="ds-input" id="{{id}}" name="{{name}}">
{{for i in n}}
<option value="{{list[i].value}}"{{if list[i].chosen}} selected{{end}}>{{list[i].text}}</option>
{{end}}
</select></div>
{{end}}
{{template directory_column(const struct column_view *c)}}
<li class="mk-card mk-stack" data-gap="2">
{{if c->dropped}}
<input type="hidden" name="column" value="unused"><h2 class="ds-heading" data-size="2xs">{{c->heading}}</h2><p class="mk-quiet">{{c->dropped}}</p>
{{else}}
{{call directory_select(c->id, "column", c->heading, c->options, c->options_n)}}
<p class="mk-quiet mk-small">{{c->sample[0]}}<br>{{c->sample[1]}}<br>{{c->sample[2]}}</p>
{{end}}
</li>
{{end}}
{{template directory_columns_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
{{call directory_head(v)}}
<form method="post" action="/directory/import/columns" class="mk-stack" data-gap="8"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}">
<ul class="mk-plain mk-stack">
{{for i in v->columns_n}}
{{call directory_column(&v->columns[i])}}
{{end}}
</ul>
<fieldset class="ds-fieldset"><legend class="ds-label">{{tr "People who are not in this file"}}</legend>
{{for i in v->missing_n}}
<div class="ds-field"><input class="ds-input" type="radio" name="missing" id="missing-{{i}}" value="{{v->missing[i].value}}"{{if v->missing[i].chosen}} checked{{end}}><label class="ds-label" for="missing-{{i}}">{{v->missing[i].text}}</label></div>
{{end}}
</fieldset>
<details class="ds-details"><summary>{{tr "Letters look wrong, or everything is in one column"}}</summary><div class="mk-stack">
{{call directory_select("encoding", "encoding", tr(h->lang, "Letters are written as"), v->encodings, v->encodings_n)}}
{{call directory_select("separator", "separator", tr(h->lang, "The columns are separated by"), v->separators, v->separators_n)}}
</div></details>
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Show what would change"}}</button></p></form>
{{call directory_give_up_form(v)}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_difference_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
{{call directory_head(v)}}
<ul class="mk-plain mk-stack" data-gap="2" id="counts">
{{for i in v->counts_n}}
{{let const struct count_view *c = &v->counts[i]}}
<li class="mk-row"><b>{{c->n}}</b>
{{if c->href}}
<a class="ds-link mk-hit" href="{{c->href}}">{{c->text}}</a>
{{else}}
<span>{{c->text}}</span>
{{end}}
</li>
{{end}}
</ul>
{{if v->note}}
<p class="mk-quiet">{{v->note}}</p>
{{end}}
{{if v->rows}}
<p><a class="ds-link mk-hit" href="{{v->rows}}">{{tr "Download the rows that did not go in, to correct them"}}</a></p>
{{end}}
{{if v->may_do}}
<form method="post" action="/directory/import/do" class="mk-stack"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}">
{{if v->leaving}}
<div class="ds-field"><label class="ds-label" for="leaving">{{v->leaving}}</label><input class="ds-input" id="leaving" name="leaving" inputmode="numeric" autocomplete="off" required></div>
{{end}}
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Update the list"}}</button></p></form>
{{if v->may_back}}
<form method="post" action="/directory/import/back" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}"><button class="ds-button" data-variant="secondary" type="submit">{{tr "Change the columns"}}</button></form>
{{end}}
{{call directory_give_up_form(v)}}
{{end}}
{{if v->over}}
<form method="post" action="/directory/import/give-up" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}"><button class="ds-button" type="submit">{{tr "Close"}}</button></form>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_became_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<p><a class="ds-link mk-hit" href="/directory/import">{{tr "Back"}}</a></p>
{{call directory_head(v)}}
<form method="post" action="/directory/import/units" class="mk-stack"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}">
<ul class="mk-plain mk-stack">
{{for i in v->became_n}}
{{let const struct became_view *b = &v->became[i]}}
<li class="mk-card mk-stack" data-gap="2"><div class="ds-field"><input class="ds-input" type="checkbox" name="unit" id="{{b->id}}" value="{{b->unit}}" aria-describedby="{{b->id}}-d"{{if b->yes}} checked{{end}}><label class="ds-label" for="{{b->id}}">{{b->was}} <span aria-hidden="true">→</span><span class="ds-sr-only">{{tr "becomes"}}</span> {{b->now}}</label></div><p class="mk-quiet mk-small" id="{{b->id}}-d">{{b->about}}</p></li>
{{end}}
</ul>
<p><button class="ds-button" type="submit">{{tr "Keep the answers"}}</button></p></form>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_person(const struct person_view *p)}}
<li class="mk-card mk-stack" data-gap="2"><p><b>{{p->name}}</b> <span class="mk-quiet">{{p->about}}</span></p>
{{if p->changes_n}}
<ul class="mk-plain mk-stack" data-gap="2">
{{for i in p->changes_n}}
{{let const struct change_view *c = &p->changes[i]}}
<li><span class="mk-quiet">{{c->what}}:</span> {{c->was}} <span aria-hidden="true">→</span><span class="ds-sr-only">{{tr "becomes"}}</span> <b>{{c->now}}</b></li>
{{end}}
</ul>
{{end}}
</li>
{{end}}
{{template directory_people_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<p><a class="ds-link mk-hit" href="/directory/import">{{tr "Back"}}</a></p>
{{call directory_head(v)}}
<ul class="mk-plain mk-stack">
{{for i in v->people_n}}
{{let const struct person_view *p = &v->people[i]}}
{{call directory_person(p)}}
{{if p->answers_n}}
<li><form method="post" action="/directory/import/say" class="mk-stack"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="import" value="{{v->import}}"><input type="hidden" name="line" value="{{p->line}}"><fieldset class="ds-fieldset"><legend class="ds-label">{{p->question}}</legend>
{{for k in p->answers_n}}
<div class="ds-field"><input class="ds-input" type="radio" name="said" id="{{p->id}}-{{k}}" value="{{p->answers[k].value}}"{{if p->answers[k].chosen}} checked{{end}}><label class="ds-label" for="{{p->id}}-{{k}}">{{p->answers[k].text}}</label></div>
{{end}}
</fieldset><p><button class="ds-button" data-variant="secondary" type="submit">{{tr "Keep the answer"}}</button></p></form></li>
{{end}}
{{end}}
</ul>
<p class="mk-row">
{{if v->earlier}}
<a class="ds-button" data-variant="secondary" href="{{v->earlier}}">{{tr "Earlier"}}</a>
{{end}}
{{if v->later}}
<a class="ds-button" data-variant="secondary" href="{{v->later}}">{{tr "More"}}</a>
{{end}}
</p>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template directory_problem(const struct problem_view *p)}}
<li class="mk-card mk-stack" data-gap="2"><p><b>{{p->line}}</b>
{{if p->who}}
 <span>{{p->who}}</span>
{{end}}
</p><ul class="mk-plain mk-stack" data-gap="2">
{{for i in p->reasons_n}}
<li>
{{if p->reasons[i].column}}
<span class="mk-quiet">{{p->reasons[i].column}}:</span> 
{{end}}
{{p->reasons[i].text}}</li>
{{end}}
</ul></li>
{{end}}
{{template directory_problems_page(const struct directory_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<p><a class="ds-link mk-hit" href="/directory/import">{{tr "Back"}}</a></p>
{{call directory_head(v)}}
{{if v->rows}}
<p><a class="ds-link mk-hit" href="{{v->rows}}">{{tr "Download the rows that did not go in, to correct them"}}</a></p>
{{end}}
{{if v->problems_n}}
<ul class="mk-plain mk-stack" id="problems">
{{for i in v->problems_n}}
{{call directory_problem(&v->problems[i])}}
{{end}}
</ul>
{{end}}
<p class="mk-row">
{{if v->earlier}}
<a class="ds-button" data-variant="secondary" href="{{v->earlier}}">{{tr "Earlier"}}</a>
{{end}}
{{if v->later}}
<a class="ds-button" data-variant="secondary" href="{{v->later}}">{{tr "More"}}</a>
{{end}}
</p>
</div>
{{call look_bottom(&v->look)}}
{{end}}
