{{# The coordinator's page. No answer is here, and nothing that differs by one. }}
{{include "haven/programme/programme_view.h"}}

{{template programme_incident(const struct programme_incident *i, const struct look_line *l)}}
<section class="mk-card mk-stack" data-gap="3" aria-labelledby="i-{{i->key.s}}">
<h3 class="ds-heading" data-size="2xs" id="i-{{i->key.s}}">{{i->title}}</h3>
<p class="mk-quiet">{{i->day}}</p>
{{if i->closed}}
<p><b class="mk-num">{{tr "Reached: {n} of {most}" n=i->reached most=i->affected}}</b></p>
<p class="mk-quiet mk-small">{{tr "Closed. Who spoke with whom is no longer shown."}}</p>
{{else}}
<p><b class="mk-num">{{tr "{n} of {most} have a supporter" n=i->assigned most=i->affected}}</b></p>
{{if i->without}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{trn "One person has nobody. We look again every hour. Ask somebody who is not full, or widen the hours in which supporters can be reached." "{count} people have nobody. We look again every hour. Ask somebody who is not full, or widen the hours in which supporters can be reached." count=i->without}}</span></p>
{{end}}
{{if i->given_up}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{trn "For one person, we have asked enough supporters and will ask no more. Find somebody who can call." "For {count} people, we have asked enough supporters and will ask no more. Find somebody who can call." count=i->given_up}}</span></p>
{{end}}
{{if i->without || i->given_up}}
<p>{{tr "Until then they can call {name}, {number}. {when}." name=l->name number=l->number when=l->when}}</p>
{{end}}
{{if i->overdue}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "A deadline has passed, and no desk has shown the task yet."}}</span></p>
{{end}}
<p class="mk-quiet mk-small">{{i->close}}</p>
<div role="group" tabindex="0" aria-labelledby="i-{{i->key.s}}" data-scroll=""><table class="mk-table">
<thead><tr><th scope="col">{{tr "Person"}}</th><th scope="col">{{tr "Peer supporter"}}</th></tr></thead><tbody>
{{for k in i->pairs_n}}
<tr><td>{{if i->pairs[k].name}}{{i->pairs[k].name}}{{else}}{{tr "Protected identity"}}{{end}}</td><td>{{if i->pairs[k].supporter}}{{i->pairs[k].supporter}}{{else}}{{tr "Nobody yet"}}{{end}}{{if i->pairs[k].overdue}} <span class="ds-tag" data-color="warning">{{tr "Deadline passed"}}</span>{{end}}</td></tr>
{{end}}
</tbody></table></div>
{{end}}
</section>
{{end}}

{{template programme_supporter(const struct programme_supporter *s)}}
<tr><th scope="row">{{s->name}}<br><span class="mk-quiet mk-small">{{s->unit}}</span></th>
<td><span class="mk-dots" aria-hidden="true">
{{for k in s->load_most}}
<i{{if (int)k < s->load}} data-on=""{{end}}></i>
{{end}}
</span> <span class="mk-small">{{tr "{n} of {most}" n=s->load most=s->load_most}}</span>
{{if s->left}}
<span class="ds-tag" data-color="warning">{{tr "Has left the workplace"}}</span>
{{end}}
{{if s->full}}
<span class="ds-tag">{{tr "Full for now"}}</span>
{{end}}
{{if s->paused}}
<span class="ds-tag">{{tr "Paused"}}</span>
{{end}}
{{if s->no_key}}
<span class="ds-tag" data-color="warning">{{tr "Has no keys yet"}}</span>
{{end}}
{{if s->expires}}
<span class="ds-tag" data-color="warning">{{s->expires}}</span>
{{end}}
<br><a class="ds-link mk-hit mk-small" href="/s/programme/supporters/{{s->id.s}}">{{if s->paused}}{{tr "Ready again"}}{{else}}{{tr "Pause"}}{{end}}<span class="ds-sr-only"> – {{s->name}}</span></a></td></tr>
{{end}}

{{template programme_invitation(const struct programme_invitation *i)}}
<form method="post" action="/s/programme/invite" class="mk-stack" data-gap="2"><input type="hidden" name="csrf" value="{{i->csrf}}"><input type="hidden" name="account" value="{{i->account.s}}">
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{tr "The invitation to {name} at {address} could not be delivered. Is the address right?" name=i->name address=i->address}}</span></p>
<p><button class="ds-button" data-variant="secondary" type="submit" aria-label="{{tr "Send it again"}} ({{i->name}})">{{tr "Send it again"}}</button></p></form>
{{end}}

{{template programme_reset(const struct programme_reset *r)}}
<div class="mk-card mk-stack" data-gap="3" data-reset="{{r->supporter.s}}"><p>{{r->told}}</p>
{{if r->own && !r->approved}}
<p>{{tr "This is your own request: another coordinator must say yes."}}</p>
{{end}}
{{if !r->own && !r->approved}}
<details class="ds-details"><summary>{{tr "New keys for {name}?" name=r->name}}</summary><form method="post" action="/s/programme/keys" class="mk-stack" data-gap="3"><input type="hidden" name="csrf" value="{{r->csrf}}"><input type="hidden" name="supporter" value="{{r->supporter.s}}">
<p><b>{{tr "Call {name} on a number you know, and say yes only when you have heard that voice: whoever reads {name}’s mail could ask here too." name=r->name}}</b></p>
<p>{{tr "What was locked with the old keys cannot be opened after that. Those who were assigned to {name} go to a colleague. Those who chose {name} themselves do not: what they sent is lost. For 90 days, everybody who writes to {name} sees that the key is new." name=r->name}}</p>
<p><button class="ds-button" type="submit">{{tr "Say yes to new keys"}}</button></p></form></details>
{{end}}
</div>
{{end}}

{{template programme_page(const struct programme_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-stack" data-gap="8">
<h1 class="mk-voice">{{v->look.title}}</h1>
<p class="mk-note" data-color="brand2">{{call look_icon_lock()}}<span>{{tr "You see that everybody is contacted. What anybody answered is not here, and cannot be."}}</span></p>
<section class="mk-stack" aria-labelledby="now"><h2 class="ds-heading" data-size="xs" id="now">{{tr "In progress"}}</h2>
{{if v->left}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{trn "One manager was reached by nobody, and nobody else follows up." "{count} managers were reached by nobody, and nobody else follows up." count=v->left}} <a class="ds-link mk-hit" href="/s/programme/unreached">{{trn "Speak with the manager" "Speak with them" count=v->left}}</a></span></p>
{{end}}
{{if v->unreached}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{trn "One could not be reached by any message." "{count} could not be reached by any message." count=v->unreached}} <a class="ds-link mk-hit" href="/s/programme/unreached">{{tr "See to it"}}</a></span></p>
{{else}}
<p><a class="ds-link mk-hit" href="/s/programme/unreached">{{tr "Who could not be reached by any message"}}</a></p>
{{end}}
{{if v->groups}}
<p class="mk-note" data-color="warning">{{call look_icon_warning()}}<span>{{trn "One group session has been asked for, and is not planned yet." "{count} group sessions have been asked for, and are not planned yet." count=v->groups}} <a class="ds-link mk-hit" href="/s/programme/groups">{{tr "Plan it"}}</a></span></p>
{{else}}
<p><a class="ds-link mk-hit" href="/s/programme/groups">{{tr "Group sessions"}}</a></p>
{{end}}
{{if !v->incidents_n}}
<p>{{tr "Nothing is in progress."}}</p>
{{end}}
{{for i in v->incidents_n}}
{{call programme_incident(&v->incidents[i], v->line)}}
{{end}}
</section>
<section class="mk-stack" aria-labelledby="who"><h2 class="ds-heading" data-size="xs" id="who">{{tr "Peer supporters"}}</h2>
{{if v->invited}}
<p class="mk-note" data-color="brand2" role="status">{{call look_icon_tick()}}<span>{{tr "A new invitation is on its way."}}</span></p>
{{end}}
{{for i in v->undelivered_n}}
{{call programme_invitation(&v->undelivered[i])}}
{{end}}
{{if v->resets_n}}
<section class="mk-stack" data-gap="3" id="resets" aria-labelledby="asks"><h3 class="ds-heading" data-size="2xs" id="asks">{{tr "Asks for new keys"}}</h3>
{{for i in v->resets_n}}
{{call programme_reset(&v->resets[i])}}
{{end}}
</section>
{{end}}
{{if v->supporters_n}}
<div class="mk-card"><table class="mk-table" data-load aria-labelledby="who">
<thead><tr><th scope="col">{{tr "Name"}}</th><th scope="col">{{tr "Taken in the last four weeks"}}</th></tr></thead><tbody>
{{for i in v->supporters_n}}
{{call programme_supporter(&v->supporters[i])}}
{{end}}
</tbody></table></div>
{{else}}
<p>{{tr "There are no peer supporters yet. Whoever runs the system imports them from a file."}}</p>
{{end}}
{{if v->restored}}
<p class="mk-note" data-color="warning" data-restored>{{call look_icon_warning()}}<span>{{v->restored}}</span></p>
{{end}}
{{if v->key_log}}
<p class="mk-quiet mk-small" data-head>{{v->key_log}}</p>
{{end}}
<p><a class="ds-link mk-hit" href="/s/programme/apart">{{tr "Somebody has asked not to be given a certain supporter"}}</a></p>
</section>
</div>
{{call look_bottom(&v->look)}}
{{end}}
