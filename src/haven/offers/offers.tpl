{{include "haven/offers/offers_page.h"}}
{{template offers_face(const struct offers_person *f)}}
<section class="mk-card mk-stack" data-lamp data-gap="3" aria-label="{{tr "Your colleague"}}">
<div class="mk-person"><span class="ds-avatar mk-face" data-color="{{f->tint}}" data-big aria-hidden="true">{{f->initials}}</span><div><h2>{{f->given}}</h2><p>{{f->profession}}, {{f->unit}}</p><p class="mk-quiet mk-small">{{f->since}}</p></div></div>
{{if f->renewed}}
<p class="mk-note mk-small" data-color="warning" data-renewed>{{call look_icon_warning()}}<span>{{f->renewed}}. {{tr "Are you unsure? Compare the digits under “Check the keys” before you write."}}</span></p>
{{end}}
<div class="mk-row"><a class="ds-button" href="{{f->tel}}" data-tel="{{f->phone}}">{{call look_icon_phone()}}{{tr "Call {name} now" name=f->given}}</a><span class="mk-num">{{f->phone}}</span></div>
</section>
{{end}}
{{# Where a face would be, when there is none: a number that answers. }}
{{template offers_line(const struct look_lines *l)}}
<section class="mk-card mk-stack" data-lamp data-gap="3" aria-labelledby="line"><h2 class="ds-heading" data-size="xs" id="line">{{tr "Somebody you can call meanwhile"}}</h2>
<div class="mk-row"><a class="ds-button" href="{{l->now.href}}" data-tel="{{l->now.number}}">{{call look_icon_phone()}}{{tr "Call {number}" number=l->now.number}}</a><span class="mk-small">{{l->now.name}}. {{l->now.when}}</span></div>
{{if strcmp(l->professional.number, l->now.number) != 0}}
<div class="mk-row"><a class="ds-button" data-variant="secondary" href="{{l->professional.href}}" data-tel="{{l->professional.number}}">{{call look_icon_phone()}}{{tr "Call {number}" number=l->professional.number}}</a><span class="mk-small">{{l->professional.name}}. {{l->professional.when}}</span></div>
{{end}}
</section>
{{end}}
{{template offers_when(const struct offers_page *v)}}
<div class="ds-field"><label class="ds-label" for="when">{{tr "When does it suit you?"}}</label><select class="ds-input" id="when" name="when">
<option value=""{{if v->when == 0}} selected{{end}}>{{tr "Any time"}}</option>
<option value="1"{{if v->when == 1}} selected{{end}}>{{tr "In the morning"}}</option>
<option value="2"{{if v->when == 2}} selected{{end}}>{{tr "In the afternoon"}}</option>
<option value="3"{{if v->when == 3}} selected{{end}}>{{tr "In the evening"}}</option>
</select></div>
{{end}}
{{template offers_phone(const struct offers_page *v)}}
<div class="ds-field"><label class="ds-label" for="phone">{{tr "Phone"}}</label><div data-field="description" id="phone-d">{{v->phone_hint}}</div><input class="ds-input" id="phone" name="phone" type="tel" inputmode="tel" autocomplete="tel" maxlength="20" value="{{v->phone}}"{{if v->phone_fault}} aria-invalid="true" aria-describedby="phone-d phone-e"{{else}} aria-describedby="phone-d"{{end}}>
{{if v->phone_fault}}
<p class="ds-validation-message" id="phone-e">{{v->phone_fault}}</p>
{{end}}
</div>
{{end}}
{{template offers_to(const struct offers_page *v)}}
<div class="ds-field"><label class="ds-label" for="to">{{tr "Who should call you?"}}</label><select class="ds-input" id="to" name="to"{{if v->to_fault}} aria-invalid="true" aria-describedby="to-e"{{end}}>
<option value="">{{tr "Choose a colleague"}}</option>
{{for i in v->choices_n}}
{{let const struct offers_person *c = &v->choices[i]}}
<option value="{{c->key_id}}"{{if strcmp(v->to, c->key_id) == 0}} selected{{end}}>{{c->given}}, {{c->profession}}, {{c->unit}}</option>
{{end}}
</select>
{{if v->to_fault}}
<p class="ds-validation-message" id="to-e">{{v->to_fault}}</p>
{{end}}
</div>
{{end}}
{{# The browser's part shows one of these; without it the server shows the page anew. }}
{{template offers_fails()}}
<p class="ds-validation-message" data-fail="offline" role="alert" hidden>{{tr "There is no network just now. What you wrote is still here; try again."}}</p>
<p class="ds-validation-message" data-fail="busy" role="alert" hidden>{{tr "Many people are answering right now. Wait a minute and send again."}}</p>
<p class="ds-validation-message" data-fail="server" role="alert" hidden>{{tr "Something went wrong on our side. What you wrote is still here; try again."}}</p>
<p class="ds-validation-message" data-fail="refused" role="alert" hidden>{{tr "The answer was not accepted. Open the link in the message again."}}</p>
<p class="ds-validation-message" data-fail="key" role="alert" hidden>{{tr "A key on this page is not right, so nothing was sent. Call instead."}}</p>
<p class="ds-validation-message" data-fail="phone" role="alert" hidden>{{tr "Write the number you want to be called on, 5 to 20 digits"}}</p>
<p class="ds-validation-message" data-fail="to" role="alert" hidden>{{tr "Choose who should call you"}}</p>
<p class="ds-validation-message" data-fail="long" role="alert" hidden>{{tr "The message is too long. Make it a little shorter"}}</p>
<p data-wait role="status" hidden>{{tr "Sending …"}}</p>
{{end}}
{{template offers_send(const struct offers_page *v)}}
<div class="ds-field"><label class="ds-label" for="note">{{tr "Anything else? (optional)"}}</label><input class="ds-input" id="note" name="note" maxlength="120" autocomplete="off" value="{{v->note}}"{{if v->note_fault}} aria-invalid="true" aria-describedby="note-e"{{end}}>
{{if v->note_fault}}
<p class="ds-validation-message" id="note-e">{{v->note_fault}}</p>
{{end}}
</div>
{{call offers_fails()}}
<p class="mk-note mk-small" data-color="neutral" data-js="off">{{call look_icon_lock()}}<span>{{tr "Without JavaScript our server sees your text for a moment before it locks it. It keeps no copy. With JavaScript it never sees it."}}</span></p>
<div class="mk-row"><button class="ds-button" type="submit">{{tr "Send the answer"}}</button></div>
<p class="mk-note mk-small" data-color="brand2">{{call look_icon_lock()}}<span><span data-js="on" hidden>{{tr "The answer is locked in your browser."}} </span>{{v->readers}} {{tr "Your manager sees that you were offered this, never what you said."}}</span></p>
{{end}}
{{# What a colleague reads aloud, so that a key put in by somebody else is noticed. }}
{{template offers_check_keys(const struct offers_page *v)}}
<details class="ds-details"><summary>{{tr "Check the keys"}}</summary><div class="mk-stack" data-gap="3">
<p>{{tr "Ask your colleague to read the safety code aloud. The same digits as here mean that what you write is locked with that colleague’s key and nobody else’s."}}</p>
<dl class="mk-dl">
{{for i in v->readers_n}}
{{let const struct offers_person *f = &v->readers_list[i]}}
<dt>{{f->name}}
{{if f->renewed}}
<br><span class="mk-quiet mk-small">{{f->renewed}}</span>
{{end}}
</dt><dd class="mk-num" data-safety="{{f->key_id}}">{{f->safety}}</dd>
{{end}}
</dl></div></details>
{{end}}
{{template offers_form(const struct offers_page *v)}}
<form id="offer" class="mk-stack" method="post" action="{{v->action}}" data-ring="{{v->ring}}" data-inst="{{v->inst}}" data-door="{{v->door}}" data-ref="{{v->ref}}" data-rel="{{v->rel}}" data-keys="{{v->keys}}"{{if v->phone_needed}} data-phone="needed"{{end}}{{if v->lasts}} data-lasts="{{v->lasts}}"{{end}}>
<input type="hidden" name="lang" value="{{v->lang}}"><input type="hidden" name="post" value="{{v->post}}"><input type="hidden" name="name" value="{{v->name}}">
{{if v->form == OFFERS_FORM_CHOOSE}}
<input type="hidden" name="kind" value="other">
<h2 class="mk-q">{{tr "Would you like to be called?"}}</h2>
<div class="mk-stack" data-gap="3">{{call offers_to(v)}}<div class="mk-field-row mk-callback">{{call offers_phone(v)}}{{call offers_when(v)}}</div></div>
{{else}}
<fieldset class="ds-fieldset"><legend class="ds-label mk-q">{{tr "What suits you?"}}</legend>
<div class="mk-tiles" data-wide>
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="kind" id="k-call" value="call"{{if v->kind == OFFERS_CALL}} checked{{end}} aria-describedby="k-call-d"><label class="ds-label" data-weight="medium" for="k-call">{{tr "Yes, call me"}}</label><div data-field="description" id="k-call-d">{{tr "A quiet talk, as short or long as you like."}}</div></div>
{{if v->choices_n}}
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="kind" id="k-other" value="other"{{if v->kind == OFFERS_OTHER}} checked{{end}} aria-describedby="k-other-d"><label class="ds-label" data-weight="medium" for="k-other">{{tr "I choose somebody else"}}</label><div data-field="description" id="k-other-d">{{v->others}}</div><div class="mk-more">{{call offers_to(v)}}</div></div>
{{end}}
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="kind" id="k-later" value="later"{{if v->kind == OFFERS_LATER}} checked{{end}} aria-describedby="k-later-d"><label class="ds-label" data-weight="medium" for="k-later">{{trc "offer answer" "Ask me later"}}</label><div data-field="description" id="k-later-d">{{tr "Many would rather talk after a few days."}}</div></div>
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="kind" id="k-none" value="none"{{if v->kind == OFFERS_NO}} checked{{end}} aria-describedby="k-none-d"><label class="ds-label" data-weight="medium" for="k-none">{{tr "No thanks"}}</label><div data-field="description" id="k-none-d">{{tr "That’s fine. No one will ask why."}}</div></div>
</div></fieldset>
<div class="mk-field-row mk-callback">{{call offers_phone(v)}}{{call offers_when(v)}}</div>
{{end}}
{{call offers_send(v)}}
</form>
{{end}}
{{template offers_thanks_of(enum offers_kind kind)}}
{{if kind == OFFERS_CALL}}
<h1 class="mk-voice mk-h-small">{{tr "Thank you. We will call you."}}</h1>
<p>{{tr "Your colleague has the answer within an hour. If you cannot wait, make the call yourself."}}</p>
{{elif kind == OFFERS_OTHER}}
<h1 class="mk-voice mk-h-small">{{tr "Thank you. The colleague you chose will call you."}}</h1>
<p>{{tr "The answer arrives within an hour. Your colleague usually reads it the same day or the next. If you cannot wait, make the call yourself. Nobody else will call you about this."}}</p>
{{elif kind == OFFERS_LATER}}
<h1 class="mk-voice mk-h-small">{{tr "That is fine. We will ask again."}}</h1>
<p>{{tr "A short message comes in a few days. You can answer before that too, with the same link."}}</p>
{{else}}
<h1 class="mk-voice mk-h-small">{{tr "That’s fine. No one will ask why."}}</h1>
<p>{{tr "If you change your mind, the link still works. Two short messages still come, as they do to everybody; you can stop them."}}</p>
{{end}}
{{end}}
{{# After the check nothing more comes: no steps, and nothing to stop. }}
{{template offers_last()}}
<p>{{tr "This was the last message. The offer of a talk still stands."}}</p>
{{end}}
{{template offers_steps(const struct offers_page *v)}}
<section class="mk-stack" data-gap="3" aria-labelledby="next"><h2 class="ds-heading" data-size="2xs" id="next">{{tr "What happens next"}}</h2>
<ol class="mk-steps">
{{for i in v->steps_n}}
{{let const struct offers_step *s = &v->steps[i]}}
<li{{if s->done}} data-done{{end}}{{if s->call}} data-call{{end}}><b>{{s->when}}</b><br>{{s->what}}</li>
{{end}}
</ol>
{{if v->stopped}}
<p>{{tr "You have stopped these messages. No more will come."}}</p>
{{else}}
<form method="post" action="{{v->stop}}"><button class="mk-plainlink" type="submit">{{tr "Stop these messages"}}</button></form>
{{end}}
</section>
{{end}}
{{# Numbers that nobody here records: the links lead straight to the phone. }}
{{template offers_outside(const struct offers_page *v)}}
<section class="mk-stack" data-gap="3" aria-labelledby="outside"><h2 class="ds-heading" data-size="2xs" id="outside">{{tr "Somebody outside the workplace"}}</h2>
<ul class="mk-acts">
{{for i in v->lines.n}}
{{let const struct look_line *l = &v->lines.list[i]}}
<li><a href="{{l->href}}" data-tel="{{l->number}}"><i>{{call look_icon_phone()}}</i><span><b>{{l->number}}</b><span class="mk-small">{{l->name}}. {{l->when}}</span></span></a></li>
{{end}}
</ul>
<p class="mk-quiet mk-small">{{tr "You can be anonymous. Nobody at work learns that you called."}}</p></section>
{{end}}
{{# Sources: docs/reactions.md. }}
{{template offers_common()}}
<section class="mk-stack" data-gap="3" aria-labelledby="norm"><h2 class="ds-heading" data-size="2xs" id="norm">{{tr "Common in the first few days"}}</h2>
<ul class="ds-list"><li>{{tr "Images and thoughts that come back"}}</li><li>{{tr "Unrest, anger or tears without warning"}}</li><li>{{tr "Guilt, or anger at yourself: could I have done something else?"}}</li><li>{{tr "Poor sleep, little appetite, hard to concentrate"}}</li><li>{{tr "Feeling empty or numb"}}</li></ul>
<p class="mk-quiet">{{tr "It usually passes. If it still weighs on you after a few weeks, that is a good reason to talk to somebody."}}</p></section>
{{end}}
{{# The check: signs, nothing to fill in. Each sign with its source: docs/reactions.md. }}
{{template offers_signs(const struct offers_page *v)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="signs"><h2 class="ds-heading" data-size="xs" id="signs">{{tr "Talk to a professional now if"}}</h2>
<ul class="ds-list"><li>{{tr "it is not getting better, or it is getting worse"}}</li><li>{{tr "you see it happen again, or dream of it, most days"}}</li><li>{{tr "you stay away from places, people or tasks that remind you of it"}}</li><li>{{tr "you sleep badly most nights, or are tense and on edge all the time"}}</li><li>{{tr "you feel empty, or without hope, most days"}}</li><li>{{tr "you drink more, or take something to get through the day"}}</li><li>{{tr "work or home has become hard to manage"}}</li><li>{{tr "you think that life is not worth living. Then call at once."}}</li></ul>
<div class="mk-row"><a class="ds-button" href="{{v->lines.urgent.href}}" data-tel="{{v->lines.urgent.number}}">{{call look_icon_phone()}}{{tr "Call {number}" number=v->lines.urgent.number}}</a><span class="mk-small">{{v->lines.urgent.name}}. {{v->lines.urgent.when}}</span></div>
<p class="mk-quiet mk-small">{{tr "You can also go to your own doctor. Nothing on this page is scored or stored."}}</p></section>
{{end}}
{{# The employer's own form: a bare link, the same on everybody's page, so that following it tells nothing. }}
{{template offers_there(const struct offers_page *v)}}
<section class="mk-stack" data-gap="3" aria-labelledby="tell"><h2 class="ds-heading" data-size="2xs" id="tell">{{tr "Tell the manager"}}</h2>
<p class="mk-small">{{tr "Was somebody left out? This link leads to the employer’s own form, and what you write there goes to the manager. It is the same for everybody and does not say who you are."}}</p>
<p><a class="ds-link mk-hit" href="{{v->there}}" rel="noreferrer">{{tr "Somebody is missing, or I was there too"}}</a></p></section>
{{end}}
{{# The same on everybody's page, whatever anybody answered. There is nothing to say yes or no to. }}
{{template offers_for_all(const struct offers_page *v)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="together"><h2 class="ds-heading" data-size="xs" id="together">{{tr "With the others who were there"}}</h2>
{{if v->group_cancelled}}
<p>{{v->group_hint}} {{tr "Everything else that this page offers you still holds."}}</p>
{{else}}
<p><b>{{v->group_when}}</b><br>{{v->group_place}}</p>
<p>{{v->group_by}} {{tr "Those who were there go through what happened, in order and without painful detail, and hear what is common afterwards."}}</p>
<p>{{tr "It is voluntary, and counts as working time. There is nothing to answer: just come, or do not. Nobody writes down who comes, and nobody asks why."}}</p>
{{end}}
</section>
{{end}}
{{template offers_page(const struct offers_page *v)}}
{{call look_top(&v->look)}}
<div class="mk-split" data-aside>
<div class="mk-stack" data-gap="8">
{{if v->faults_n}}
<div class="ds-error-summary" id="faults" tabindex="-1"><h2 class="ds-heading" data-size="2xs">{{tr "Something is missing"}}</h2><ul>
{{for i in v->faults_n}}
<li><a href="{{v->faults[i].href}}">{{v->faults[i].text}}</a></li>
{{end}}
</ul></div>
{{end}}
<div class="mk-stack" data-gap="3" data-before>
<p class="mk-quiet">{{tr "Hello, {name}" name=v->given}}</p>
<h1 class="mk-voice">{{v->heading}}</h1>
<p class="mk-lead">{{v->lead}}</p>
{{if v->more}}
<p>{{v->more}}</p>
{{end}}
<p class="mk-quiet mk-small">{{tr "It is about: {title}" title=v->title}}</p>
{{if v->group_when}}
<p><a class="ds-link mk-hit" href="#together">{{v->group_hint}}</a></p>
{{end}}
</div>
{{if v->touch == OFFERS_CHECK}}
{{call offers_signs(v)}}
{{end}}
{{if v->holder}}
{{call offers_face(v->holder)}}
{{elif v->alone}}
{{call offers_line(&v->lines)}}
{{end}}
{{if v->form != OFFERS_FORM_NONE}}
{{for i in v->lost_n}}
<p class="mk-note mk-small" data-color="warning" data-lost>{{call look_icon_warning()}}<span>{{v->lost[i]}}</span></p>
{{end}}
{{call offers_form(v)}}
<section class="mk-card mk-state" data-thanks="call" tabindex="-1" hidden>{{call offers_thanks_of(OFFERS_CALL)}}</section>
<section class="mk-card mk-state" data-thanks="other" tabindex="-1" hidden>{{call offers_thanks_of(OFFERS_OTHER)}}</section>
<section class="mk-card mk-state" data-thanks="later" tabindex="-1" hidden>{{call offers_thanks_of(OFFERS_LATER)}}</section>
<section class="mk-card mk-state" data-thanks="none" tabindex="-1" hidden>{{call offers_thanks_of(OFFERS_NO)}}</section>
{{call offers_check_keys(v)}}
{{end}}
</div>
<aside class="mk-stack" data-gap="8">
{{if v->group_when}}
{{call offers_for_all(v)}}
{{end}}
{{if v->touch == OFFERS_CHECK}}
{{call offers_last()}}
{{else}}
{{call offers_steps(v)}}
{{end}}
{{call offers_outside(v)}}
{{if v->touch != OFFERS_CHECK}}
{{call offers_common()}}
{{end}}
{{if v->there}}
{{call offers_there(v)}}
{{end}}
</aside>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template offers_thanks(const struct look *l, enum offers_kind kind, const char *back)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow">{{call offers_thanks_of(kind)}}
<p class="mk-row"><a class="ds-button" data-variant="secondary" href="{{back}}">{{tr "Back to the message"}}</a></p></section>
{{call look_bottom(l)}}
{{end}}
{{template offers_stopped(const struct look *l, const char *back)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{tr "The messages are stopped"}}</h1>
<p>{{tr "No more will come about this. The offer stands, and the link still works. Your manager does not see that you stopped them."}}</p>
<p class="mk-row"><a class="ds-button" data-variant="secondary" href="{{back}}">{{tr "Back to the message"}}</a></p></section>
{{call look_bottom(l)}}
{{end}}
{{template offers_gone(const struct look *l)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{tr "This link no longer works"}}</h1>
<p>{{tr "It is older than six weeks, or a part of it is missing. That does not mean that the offer is gone."}}</p>
<p class="mk-row"><a class="ds-button" href="/">{{tr "Find somebody to talk to"}}</a></p></section>
{{call look_bottom(l)}}
{{end}}
{{template offers_later(const struct look *l, const char *back)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{tr "Many people are answering right now"}}</h1>
<p>{{tr "Wait a minute, go back and send again: what you wrote is still in the form."}}</p>
<p class="mk-row"><a class="ds-button" data-variant="secondary" href="{{back}}">{{tr "Back to the message"}}</a></p></section>
{{call look_bottom(l)}}
{{end}}
