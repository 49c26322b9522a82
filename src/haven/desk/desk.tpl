{{# The supporter's desk. What is confidential is drawn by desk.js into #desk; beside it stands what is hers and no secret of others. }}
{{include "haven/desk/desk_view.h"}}

{{template desk_dots(int on, int most)}}
<span class="mk-dots" aria-hidden="true">
{{for i in most}}
<i{{if (int)i < on}} data-on=""{{end}}></i>
{{end}}
</span>
{{end}}

{{template desk_gone(const struct look *look)}}
{{call look_top(look)}}
<h1 class="mk-voice">{{look->title}}</h1>
<p>{{tr "This sign-in is not, or no longer, a peer supporter’s. Those who were assigned here have gone to colleagues. Those who chose this peer supporter themselves have not, and must choose somebody else."}}</p>
<p>{{tr "If that is wrong, tell the coordinator."}}</p>
{{call look_bottom(look)}}
{{end}}

{{template desk_page(const struct desk_view *v)}}
{{call look_top(&v->look)}}
<div class="mk-split" data-aside="">
<div class="mk-stack" data-gap="8">
<div id="desk" data-base="/s" data-csrf="{{v->csrf}}" data-argon="{{v->argon_js}}" data-ring-worker="{{v->ring_js}}" data-signin="{{v->sign_in}}"></div>
<noscript><h1 class="mk-voice">{{tr "Your desk needs JavaScript"}}</h1>
<p>{{tr "What colleagues write is opened here in your browser and nowhere else. Turn JavaScript on for this page, or use another browser."}}</p></noscript>
</div>
<aside class="mk-stack" aria-label="{{tr "Yourself"}}">
{{for i in v->groups_n}}
{{let const struct desk_group *g = &v->groups[i]}}
<section class="mk-card mk-stack" data-gap="3" data-group="">
<h2 class="ds-heading" data-size="2xs">{{if g->called_off}}{{tr "The group session is called off"}}{{else}}{{tr "You lead a group session"}}{{end}}</h2>
<p><b>{{g->when}}</b><br><span class="mk-quiet">{{g->title}}</span></p>
<p><a class="ds-link mk-hit" href="{{g->href}}">{{if g->called_off}}{{tr "See what it was about"}}{{else}}{{tr "Where, with whom, and how it is done"}}{{end}}</a></p>
</section>
{{end}}
<section class="mk-card mk-stack" data-tone="" data-color="brand2" data-gap="3" aria-labelledby="self">
<h2 class="ds-heading" data-size="2xs" id="self">{{tr "And how are you?"}}</h2>
<p>{{tr "Those who help need help too."}}</p>
<p class="mk-small">{{tr "Is it getting too much? Talk to the coordinator. You need not say why, and you need not wait until it weighs you down."}}</p>
</section>
<section class="mk-card mk-stack" data-gap="3">
<form method="post" action="/s/desk/full" class="mk-stack" data-gap="3" data-full=""><input type="hidden" name="csrf" value="{{v->csrf}}">
<fieldset class="ds-fieldset"><legend><h2 class="ds-heading" data-size="2xs">{{tr "Are you available?"}}</h2></legend>
<div class="mk-tiles" data-wide="">
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="full" value="no" id="full-no"{{if !v->full}} checked{{end}}><label class="ds-label" for="full-no">{{tr "Available"}}</label></div>
<div class="ds-field" data-variant="outline"><input class="ds-input" type="radio" name="full" value="yes" id="full-yes"{{if v->full}} checked{{end}}><label class="ds-label" for="full-yes">{{tr "Full for now"}}</label></div>
</div></fieldset>
<p class="mk-quiet mk-small">{{tr "While you are full, you get nothing new. What you have stays with you. Nobody asks why."}}</p>
<div class="mk-row"><button class="ds-button" data-variant="secondary" type="submit">{{tr "Save"}}</button></div>
<p class="mk-small" role="status" data-saved="" hidden>{{tr "Saved."}}</p>
</form>
</section>
<section class="mk-stack" data-gap="3" aria-labelledby="load">
<h2 class="ds-heading" data-size="2xs" id="load">{{tr "How much you have taken on"}}</h2>
<dl class="mk-dl"><dt>{{tr "Taken in the last four weeks"}}<br><span class="mk-quiet mk-small">{{tr "{n} of {most}" n=v->load most=v->load_most}}</span></dt><dd>{{call desk_dots(v->load, v->load_most)}}</dd></dl>
<p class="mk-quiet mk-small">{{tr "Each one counts for four weeks, whatever comes of it."}}</p>
</section>
</aside>
</div>
<template id="texts">
{{for i in v->texts_n}}
<p data-t="{{v->texts[i].key}}"{{if v->texts[i].rule}} data-rule="{{v->texts[i].rule}}"{{end}}>{{v->texts[i].text}}</p>
{{end}}
</template>
{{call look_bottom(&v->look)}}
{{end}}
