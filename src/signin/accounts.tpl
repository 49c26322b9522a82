{{# Who can sign in: for duty's administrator and haven's coordinator. }}
{{include "signin/signin_accounts_view.h"}}
{{template accounts_said(const char *good, const char *wrong)}}
{{if wrong}}
<div class="ds-error-summary" role="alert" tabindex="-1" id="wrong"><p class="ds-validation-message">{{wrong}}</p></div>
{{end}}
{{if good}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{good}}</span></p>
{{end}}
{{end}}
{{template accounts_faults(const struct accounts_fault *list, size_t n)}}
{{if n}}
<div class="ds-error-summary" data-color="danger" id="faults" tabindex="-1" autofocus role="group" aria-labelledby="faults-h"><h2 class="ds-heading" data-size="xs" id="faults-h">{{tr "Something is missing"}}</h2>
<ul class="ds-list">
{{for i in n}}
<li><a class="ds-link" href="{{list[i].href}}">{{list[i].text}}</a></li>
{{end}}
</ul></div>
{{end}}
{{end}}
{{template accounts_error(const char *id, const char *text)}}
{{if text}}
<p class="ds-validation-message" data-color="danger" id="{{id}}">{{text}}</p>
{{end}}
{{end}}
{{template accounts_radios(const char *name, const struct accounts_choice *list, size_t n, const char *error)}}
{{for i in n}}
<div class="ds-field"><input class="ds-input" type="radio" name="{{name}}" id="{{name}}-{{i}}" value="{{list[i].value}}"{{if list[i].chosen}} checked{{end}}{{if error}} aria-invalid="true"{{end}}{{if list[i].hint}} aria-describedby="{{name}}-{{i}}-d"{{end}}><label class="ds-label" for="{{name}}-{{i}}">{{list[i].text}}</label>
{{if list[i].hint}}
<div data-field="description" id="{{name}}-{{i}}-d">{{list[i].hint}}</div>
{{end}}
</div>
{{end}}
{{end}}
{{template accounts_ask_fields(const struct accounts_ask_view *v)}}
<fieldset class="ds-fieldset" id="role"{{if v->role_error}} aria-describedby="role-error"{{end}}><legend class="ds-label">{{tr "Which role?"}}</legend>
{{call accounts_radios("role", v->roles, v->roles_n, v->role_error)}}
{{call accounts_error("role-error", v->role_error)}}
</fieldset>
{{if v->has_units}}
<div class="ds-field"><label class="ds-label" for="unit">{{tr "For which unit?"}}</label><div data-field="description" id="unit-d">{{tr "What the unit is called. The role holds for it and for all below it; leave it empty for the whole workplace."}}</div><input class="ds-input" id="unit" name="unit" autocomplete="off" maxlength="300" value="{{v->unit}}" aria-describedby="unit-d{{if v->unit_error}} unit-error{{end}}"{{if v->unit_error}} aria-invalid="true"{{end}}>
{{call accounts_error("unit-error", v->unit_error)}}
</div>
{{if v->units_n}}
<fieldset class="ds-fieldset"><legend class="ds-label">{{tr "Which of these?"}}</legend>
{{call accounts_radios("which", v->units, v->units_n, NULL)}}
</fieldset>
{{end}}
{{end}}
<p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span>{{v->wait}}</span></p>
{{end}}
{{template accounts_list_page(const struct accounts_list_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
{{call accounts_said(v->good, v->wrong)}}
<p class="mk-row"><a class="ds-button" href="{{v->fresh}}">{{tr "Add somebody"}}</a></p>
{{if v->grants}}
<p><a class="ds-link mk-hit" href="{{v->grants}}">{{v->grants_text}}</a></p>
{{end}}
</div>
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}" role="search" novalidate>
<input type="hidden" name="csrf" value="{{v->look.csrf}}">
<div class="ds-field"><label class="ds-label" for="q">{{tr "Name or e-mail address"}}</label><input class="ds-input" id="q" name="q" type="search" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="300" value="{{v->words}}"></div>
<div class="mk-row"><button class="ds-button" data-variant="secondary" type="submit">{{tr "Find"}}</button>
{{if v->searched}}
<a class="ds-button" data-variant="tertiary" href="{{v->action}}">{{tr "Show everybody"}}</a>
{{end}}
</div>
</form>
{{if v->n}}
<section class="mk-stack" data-gap="3" aria-labelledby="counted"><h2 class="ds-heading" data-size="xs" id="counted">{{v->counted}}</h2>
<ul class="mk-plain mk-stack" data-gap="3">
{{for i in v->n}}
{{let const struct accounts_card *c = &v->list[i]}}
<li class="mk-card mk-stack" data-gap="2"><p><a class="ds-link mk-hit" href="{{c->href}}">{{c->name}}</a><br><span class="mk-quiet">{{c->email}}</span></p>
{{if c->roles_n}}
<ul class="mk-plain">
{{for k in c->roles_n}}
<li>{{c->roles[k].text}}</li>
{{end}}
</ul>
{{else}}
<p>{{tr "No role"}}</p>
{{end}}
{{if c->warn}}
<p class="mk-note mk-small" data-color="warning">{{call look_icon_warning()}}<span>{{c->state}}</span></p>
{{else}}
<p class="mk-quiet mk-small">{{c->state}}</p>
{{end}}
</li>
{{end}}
</ul>
{{if v->more}}
<p>{{tr "There are more. Write a little more of the name."}}</p>
{{end}}
{{if v->before || v->after}}
<nav class="mk-row" aria-label="{{tr "Pages of the list"}}">
{{if v->before}}
<a class="ds-button" data-variant="secondary" href="{{v->before}}" rel="prev">{{tr "Earlier in the list"}}</a>
{{end}}
{{if v->after}}
<a class="ds-button" data-variant="secondary" href="{{v->after}}" rel="next">{{tr "Further on"}}</a>
{{end}}
</nav>
{{end}}
</section>
{{else}}
<p>{{v->none}}</p>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template accounts_fresh_page(const struct accounts_fresh_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<p><a class="ds-link mk-hit" href="{{v->back}}">{{tr "Back to the list"}}</a></p>
<h1 class="mk-voice">{{v->look.title}}</h1>
{{call accounts_faults(v->faults, v->faults_n)}}
<form class="mk-card mk-stack" data-gap="5" method="post" action="{{v->action}}" novalidate>
<input type="hidden" name="csrf" value="{{v->look.csrf}}">
<div class="ds-field"><label class="ds-label" for="name">{{tr "Name"}}</label><input class="ds-input" id="name" name="name" autocomplete="off" maxlength="200" value="{{v->name}}"{{if v->name_error}} aria-invalid="true" aria-describedby="name-error"{{end}}>
{{call accounts_error("name-error", v->name_error)}}
</div>
<div class="ds-field"><label class="ds-label" for="email">{{tr "E-mail address"}}</label><div data-field="description" id="email-d">{{tr "The invitation goes there, and to nobody else."}}</div><input class="ds-input" id="email" name="email" type="email" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="254" value="{{v->email}}" aria-describedby="email-d{{if v->email_error}} email-error{{end}}"{{if v->email_error}} aria-invalid="true"{{end}}>
{{call accounts_error("email-error", v->email_error)}}
{{if v->there}}
<p><a class="ds-link mk-hit" href="{{v->there}}">{{tr "Look at that sign-in"}}</a></p>
{{end}}
</div>
<div class="ds-field"><label class="ds-label" for="lang">{{tr "Language"}}</label><select class="ds-input" id="lang" name="lang">
{{for i in v->langs_n}}
<option value="{{v->langs[i].value}}" lang="{{v->langs[i].value}}"{{if v->langs[i].chosen}} selected{{end}}>{{v->langs[i].text}}</option>
{{end}}
</select></div>
{{call accounts_ask_fields(&v->ask)}}
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Add and invite"}}</button><a class="ds-button" data-variant="tertiary" href="{{v->back}}">{{tr "Cancel"}}</a></div>
</form>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template accounts_one_page(const struct accounts_one_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack mk-narrow" data-gap="8">
<p><a class="ds-link mk-hit" href="{{v->back}}">{{tr "Back to the list"}}</a></p>
<div class="mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p class="mk-quiet">{{v->email}}</p>
{{call accounts_said(v->good, v->wrong)}}
{{call accounts_faults(v->faults, v->faults_n)}}
{{if v->warn}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{v->state}}</span></p>
{{else}}
<p>{{v->state}}</p>
{{end}}
</div>
<section class="mk-stack" data-gap="3" aria-labelledby="roles"><h2 class="ds-heading" data-size="xs" id="roles">{{tr "Roles"}}</h2>
{{if v->roles_n}}
<ul class="mk-list">
{{for i in v->roles_n}}
<li class="mk-hitrow"><span class="mk-grow">{{v->roles[i].text}}</span>
{{if v->roles[i].take}}
<a class="ds-button" data-variant="secondary" href="{{v->roles[i].take}}">{{tr "Take away"}}<span class="ds-sr-only">: {{v->roles[i].what}}</span></a>
{{end}}
</li>
{{end}}
</ul>
{{else}}
<p>{{tr "No role"}}</p>
{{end}}
</section>
{{if v->ask_action}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="ask"><h2 class="ds-heading" data-size="xs" id="ask">{{tr "Ask for one more role"}}</h2>
<form class="mk-stack" data-gap="5" method="post" action="{{v->ask_action}}" novalidate>
<input type="hidden" name="csrf" value="{{v->look.csrf}}">
{{call accounts_ask_fields(&v->ask)}}
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Ask for the role"}}</button></div>
</form>
</section>
{{end}}
{{if v->ask_note}}
<p class="mk-quiet">{{v->ask_note}}</p>
{{end}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="link"><h2 class="ds-heading" data-size="xs" id="link">{{v->invite_title}}</h2>
<p>{{v->invite_text}}</p>
<form method="post" action="{{v->invite_action}}"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><button class="ds-button" data-variant="secondary" type="submit">{{v->invite_button}}</button></form>
</section>
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="end"><h2 class="ds-heading" data-size="xs" id="end">{{tr "No longer works with this?"}}</h2>
<p>{{tr "When the sign-in is ended, it stops working at once, everywhere. You are asked once more first."}}</p>
<p><a class="ds-button" data-variant="secondary" href="{{v->end}}">{{tr "End the sign-in"}}</a></p>
</section>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template accounts_question_page(const struct accounts_question_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-state mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p><b>{{v->who}}</b></p>
<p>{{v->what}}</p>
{{for i in v->warnings_n}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{v->warnings[i]}}</span></p>
{{end}}
<form method="post" action="{{v->action}}" class="mk-row"><input type="hidden" name="csrf" value="{{v->look.csrf}}">
{{if v->role}}
<input type="hidden" name="role" value="{{v->role}}"><input type="hidden" name="unit" value="{{v->unit}}">
{{end}}
<input type="hidden" name="sure" value="on"><button class="ds-button" type="submit">{{v->yes}}</button><a class="ds-button" data-variant="secondary" href="{{v->back}}">{{tr "No, go back"}}</a></form></section>
{{call look_bottom(&v->look)}}
{{end}}
