{{include "signin/signin_view.h"}}
{{template signin_wrong(const struct signin_view *v)}}
{{if v->wrong}}
<div class="ds-error-summary" role="alert" tabindex="-1" id="wrong"><p class="ds-validation-message">{{v->wrong}}</p></div>
{{end}}
{{if v->good}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{v->good}}</span></p>
{{end}}
{{end}}
{{template signin_new_passphrase(const struct signin_view *v)}}
<div class="ds-field"><label class="ds-label" for="passphrase">{{tr "New passphrase"}}</label><div data-field="description" id="passphrase-d">{{tr "At least {least} characters. A short sentence that only you would say is easy to remember and hard to guess. Spaces count." least=v->least}}</div><input class="ds-input" id="passphrase" name="passphrase" type="password" autocomplete="new-password" required aria-describedby="passphrase-d{{if v->wrong}} wrong{{end}}"></div>
<div class="ds-field"><label class="ds-label" for="again">{{tr "The same once more"}}</label><input class="ds-input" id="again" name="again" type="password" autocomplete="new-password" required></div>
{{end}}
{{template signin_in(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
{{call signin_wrong(v)}}
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}">
{{if v->to}}
<input type="hidden" name="to" value="{{v->to}}">
{{end}}
<div class="ds-field"><label class="ds-label" for="email">{{tr "E-mail address"}}</label><input class="ds-input" id="email" name="email" type="email" autocomplete="username" required value="{{v->email}}"{{if v->wrong}} aria-describedby="wrong"{{end}}></div>
<div class="ds-field"><label class="ds-label" for="passphrase">{{tr "Passphrase"}}</label><input class="ds-input" id="passphrase" name="passphrase" type="password" autocomplete="current-password" required></div>
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Sign in"}}</button></p>
</form>
<p><a class="ds-link mk-hit" href="{{v->forgot}}">{{tr "I have forgotten my passphrase"}}</a></p>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_forgot(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{tr "Write your e-mail address, and we will send you a link for choosing a new passphrase."}}</p>
{{call signin_wrong(v)}}
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}">
<div class="ds-field"><label class="ds-label" for="email">{{tr "E-mail address"}}</label><input class="ds-input" id="email" name="email" type="email" autocomplete="username" required value="{{v->email}}"{{if v->wrong}} aria-describedby="wrong"{{end}}></div>
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Send me a link"}}</button></p>
</form>
<p><a class="ds-link mk-hit" href="{{v->sign_in}}">{{tr "Back to the sign-in"}}</a></p>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_asked(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-state mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{tr "If this address has a sign-in here, an e-mail with a link is on its way. It may take a few minutes; look in your spam folder too."}}</p>
<p><a class="ds-link mk-hit" href="{{v->sign_in}}">{{tr "Back to the sign-in"}}</a></p>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_welcome(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{tr "You sign in with {email} and a passphrase that you choose here." email=v->email}}</p>
{{call signin_wrong(v)}}
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}">
<input type="text" name="username" autocomplete="username" value="{{v->email}}" readonly hidden>
{{call signin_new_passphrase(v)}}
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Save and sign in"}}</button></p>
</form>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_gone(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<section class="mk-card mk-state mk-narrow mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{tr "A link like this works once, and only for a few days. If you have already chosen your passphrase, just sign in. Otherwise ask for a new link; it comes by e-mail."}}</p>
<p class="mk-row"><a class="ds-button" href="{{v->forgot}}">{{tr "Ask for a new link"}}</a> <a class="ds-button" data-variant="secondary" href="{{v->sign_in}}">{{tr "Sign in"}}</a></p>
</section>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_account(const struct signin_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-narrow mk-stack" data-gap="10">
<section class="mk-card mk-stack" data-gap="3"><h1 class="mk-voice">{{v->look.title}}</h1>
<p>{{v->name}}<br><span class="mk-quiet">{{v->email}}</span></p>
{{call signin_wrong(v)}}
<form class="mk-stack" data-gap="3" method="post" action="{{v->action}}">
<input type="hidden" name="csrf" value="{{v->look.csrf}}">
<input type="text" name="username" autocomplete="username" value="{{v->email}}" readonly hidden>
<div class="ds-field"><label class="ds-label" for="current">{{tr "Your current passphrase"}}</label><input class="ds-input" id="current" name="current" type="password" autocomplete="current-password" required></div>
{{call signin_new_passphrase(v)}}
<p class="mk-row"><button class="ds-button" type="submit">{{tr "Change the passphrase"}}</button></p>
<p class="mk-quiet">{{tr "You will be signed out everywhere else."}}</p>
</form>
</section>
<section class="mk-card mk-stack" data-gap="3"><h2 class="ds-heading" data-size="xs">{{tr "Still signed in somewhere else?"}}</h2>
<p>{{tr "A shared computer, a lost phone: this ends your sign-in in every browser, here too."}}</p>
<form method="post" action="{{v->everywhere}}"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><button class="ds-button" data-variant="secondary" type="submit">{{tr "Sign out everywhere"}}</button></form>
</section>
</div>
{{call look_bottom(&v->look)}}
{{end}}
{{template signin_grants(const struct signin_grants_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-narrow mk-stack" data-gap="4"><h1 class="mk-voice">{{v->look.title}}</h1>
{{if v->good}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{v->good}}</span></p>
{{end}}
<p>{{tr "A role is confirmed by a second person. Say yes only if you know that it is right; if you are not sure, ask."}}</p>
{{if v->n == 0}}
<p class="mk-quiet">{{tr "Nothing is waiting."}}</p>
{{end}}
{{for i in v->n}}
<section class="mk-card mk-stack" data-gap="2"><h2 class="ds-heading" data-size="xs">{{v->list[i].name}}</h2>
<p>{{v->list[i].role}}<br><span class="mk-quiet">{{v->list[i].email}}</span><br><span class="mk-quiet">{{v->list[i].since}}</span></p>
{{if v->list[i].own}}
<p>{{tr "This one is your own: somebody else must confirm it."}}</p>
{{elif v->list[i].asked}}
<p>{{tr "You asked for this one: somebody else must confirm it."}}</p>
<form class="mk-row" method="post" action="{{v->action}}"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="grant" value="{{v->list[i].id}}"><button class="ds-button" data-variant="secondary" type="submit" name="do" value="no">{{tr "Take it back"}}</button></form>
{{else}}
<form class="mk-row" method="post" action="{{v->action}}"><input type="hidden" name="csrf" value="{{v->look.csrf}}"><input type="hidden" name="grant" value="{{v->list[i].id}}"><button class="ds-button" type="submit" name="do" value="yes">{{tr "Yes, give the role"}}</button> <button class="ds-button" data-variant="secondary" type="submit" name="do" value="no">{{tr "No"}}</button></form>
{{end}}
</section>
{{end}}
</div>
{{call look_bottom(&v->look)}}
{{end}}
