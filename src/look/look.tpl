{{include "look/look.h"}}
{{# The drawing of two people, shoulder to shoulder: one heather, one lamp-lit. }}
{{template look_mark()}}
<svg viewBox="0 0 38 32" aria-hidden="true" fill="none" stroke-width="5" stroke-linecap="round"><circle cx="11" cy="5" r="4.2" class="f-acc" stroke="none"></circle><circle cx="27" cy="5" r="4.2" class="f-lamp" stroke="none"></circle><path class="s-lamp" d="M19 28.500V22a8 8 0 0 1 16 0v6.5"></path><path class="s-acc" d="M3 28.500V22a8 8 0 0 1 16 0v6.5"></path></svg>
{{end}}
{{template look_icon_leave()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M13 4.500H6.500a1.5 1.5 0 0 0-1.5 1.500v12a1.5 1.5 0 0 0 1.5 1.500H13"></path><path d="M10.5 12H20m-3.5-3.500L20 12l-3.5 3.5"></path></svg>
{{end}}
{{template look_icon_phone()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5.2 3.8h3.1l1.6 4.1-2.1 1.6a12.6 12.6 0 0 0 6.7 6.7l1.6-2.1 4.1 1.6v3.1a1.9 1.9 0 0 1-2 1.9A16.1 16.1 0 0 1 3.3 5.8a1.9 1.9 0 0 1 1.9-2Z"></path></svg>
{{end}}
{{template look_icon_lock()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="5" y="10.5" width="14" height="9.5" rx="2"></rect><path d="M8 10.500V8a4 4 0 0 1 8 0v2.5"></path></svg>
{{end}}
{{template look_icon_warning()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4 2.8 19.500h18.400L12 4Z"></path><path d="M12 10v4.500m0 2.600v.1"></path></svg>
{{end}}
{{template look_icon_tick()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.500L19 7.5"></path></svg>
{{end}}
{{template look_icon_cross()}}
<svg class="mk-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m6.5 6.5 11 11m0-11-11 11"></path></svg>
{{end}}
{{template look_top(const struct look *l)}}
<!doctype html>
<html lang="{{lang_code(l->lang)}}" data-color-scheme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{l->title}} – Makker</title>
{{# In the page itself: a browser that asks for /favicon.ico would make a request of its own. }}
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 -3 38 38' fill='none' stroke-width='5' stroke-linecap='round'%3E%3Ccircle cx='11' cy='5' r='4.2' fill='%2376305b'/%3E%3Ccircle cx='27' cy='5' r='4.2' fill='%23d8952a'/%3E%3Cpath stroke='%23d8952a' d='M19 28.500V22a8 8 0 0 1 16 0v6.5'/%3E%3Cpath stroke='%2376305b' d='M3 28.500V22a8 8 0 0 1 16 0v6.5'/%3E%3C/svg%3E">
{{call look_stylesheet(l->house->css)}}
</head>
<body data-side="{{l->house->side == LOOK_HAVEN ? "haven" : "duty"}}">
<a class="ds-skip-link" href="#main">{{tr "Skip to the content"}}</a>
<header class="mk-top"><div class="mk-wrap">
<a class="mk-logo" href="{{l->house->home}}">{{call look_mark()}}<span>Makker<small>{{l->house->workplace}}</small></span></a>
{{if l->roles || l->quick_exit || l->sign_out}}
<nav class="mk-nav" aria-label="{{tr "Main menu"}}">
{{for i in l->house->places_n}}
{{let const struct look_place *place = &l->house->places[i]}}
{{if place->roles & l->roles}}
<a href="{{place->href}}"{{if look_is_here(l, place)}} aria-current="page"{{end}}>{{tr(l->lang, place->text)}}</a>
{{end}}
{{end}}
{{if l->sign_out}}
<form method="post" action="{{l->sign_out}}" class="mk-signout"><input type="hidden" name="csrf" value="{{l->csrf}}"><button class="mk-plainlink" type="submit">{{tr "Sign out"}}</button></form>
{{end}}
{{if l->quick_exit}}
<a href="{{l->house->leave}}" rel="noreferrer" data-exit="">{{call look_icon_leave()}}<span>{{tr "Leave this page"}}</span></a>
{{end}}
</nav>
{{end}}
</div></header>
<main id="main" class="mk-main mk-wrap" tabindex="-1">
{{end}}
{{template look_bottom(const struct look *l)}}
</main>
{{let const struct look_sos *sos = NULL}}
{{let size_t sos_n = look_sos_numbers(l->house->country, l->lang, &sos)}}
<footer><div class="mk-sos" role="region" aria-label="{{tr "Emergency numbers"}}"><div class="mk-wrap"><span class="mk-quiet">{{tr "Is somebody’s life in danger?"}}</span>
{{for i in sos_n}}
<a href="{{sos[i].href}}"><b>{{sos[i].number}}</b> {{sos[i].text}}</a>
{{end}}
</div></div>
{{if l->account}}
<p class="mk-langs mk-wrap"><a href="{{l->account}}">{{tr "Your sign-in"}}</a></p>
{{end}}
{{if l->path}}
<nav class="mk-langs mk-wrap" aria-label="{{tr "Language"}}">
{{for i in lang_count}}
<a href="{{l->path}}?lang={{lang_codes[i]}}" lang="{{lang_codes[i]}}" hreflang="{{lang_codes[i]}}"{{if (size_t)l->lang == i}} aria-current="true"{{end}}>{{lang_name((enum lang)i)}}</a>
{{end}}
</nav>
{{end}}
</footer>
{{if l->quick_exit && l->house->leave_js}}
{{call look_module(l->house->leave_js)}}
{{end}}
{{if l->script}}
{{call look_module(l->script)}}
{{end}}
</body>
</html>
{{end}}
{{template look_error(const struct look *l, const char *title, const char *text, const char *back)}}
{{call look_top(l)}}
<section class="mk-card mk-state mk-narrow"><h1 class="mk-voice">{{title}}</h1>
<p>{{text}}</p>
<p class="mk-row">
{{if back}}
<a class="ds-button" href="{{back}}">{{tr "Back"}}</a>
{{else}}
<a class="ds-button" href="{{l->house->home}}">{{tr "To the front page"}}</a>
{{end}}
</p></section>
{{call look_bottom(l)}}
{{end}}
