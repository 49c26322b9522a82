#!/bin/sh
# check-texts accepts a small whole tree, and refuses each thing planted into it.
# usage: check_texts_test.sh CHECK_TEXTS TPLC POC
set -eu
check=$(realpath "$1") tplc=$(realpath "$2") poc=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0

head='msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
'

# A tree with one text in C, one in a table, one plural and one in a template.
tree() {
	rm -rf "$work/t"
	mkdir -p "$work/t/src/room" "$work/t/po"
	echo 'nb sv en' >"$work/t/po/LINGUAS"
	cat >"$work/t/src/room/room.c" <<-'C'
	const char *const kinds[] = { TR("Call me") };
	void f(void) { tr(lang, "Hello {name}"); trn(lang, "One waits", "{count} wait", n); }
	C
	echo 'void g(void) { tr(lang, "only in a test"); }' >"$work/t/src/room/room_test.c"
	printf '{{template t(void)}}\n<p>{{trc "answer" "Later"}}</p>\n{{end}}\n' >"$work/t/src/room/page.tpl"
	catalogue nb 'Ring meg' 'Hei {name}' 'En venter' '{count} venter' 'Senere'
	catalogue sv 'Ring mig' 'Hej {name}' 'En väntar' '{count} väntar' 'Senare'
}

catalogue() {
	{
		printf '%s\n' "$head"
		printf 'msgid "Call me"\nmsgstr "%s"\n\n' "$2"
		printf 'msgid "Hello {name}"\nmsgstr "%s"\n\n' "$3"
		printf 'msgid "One waits"\nmsgid_plural "{count} wait"\nmsgstr[0] "%s"\nmsgstr[1] "%s"\n\n' "$4" "$5"
		printf 'msgctxt "answer"\nmsgid "Later"\nmsgstr "%s"\n' "$6"
	} >"$work/t/po/$1.po"
}

run() {
	"$check" --tplc "$tplc" --poc "$poc" "$@" "$work/t" >"$work/out" 2>&1
}

tell() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out"
		failed=1
	fi
}

accepted() {
	if run; then tell 0 "$1"; else tell 1 "$1"; fi
}

refused() {
	if ! run && grep -qF -- "$2" "$work/out"; then tell 0 "$1"; else tell 1 "$1"; fi
}

tree
accepted 'a whole tree is accepted, tests are not read'

tree
echo 'void h(void) { tr(lang, "New here"); }' >"$work/t/src/room/new.c"
refused 'a text of C that Swedish lacks' 'po/sv.po:1: missing: "New here"'

tree
printf '{{template u(void)}}\n{{tr "New page"}}\n{{end}}\n' >"$work/t/src/room/new.tpl"
refused 'a text of a template that Norwegian lacks' 'po/nb.po:1: missing: "New page"'

tree
sed -i 's/TR("Call me")/TR("Ring me")/' "$work/t/src/room/room.c"
refused 'a text that the source no longer has' 'no longer in the source: delete it: "Call me"'

tree
printf '\n#~ msgid "Old"\n#~ msgstr "Gammel"\n' >>"$work/t/po/nb.po"
refused 'an obsolete text' 'po/nb.po:21: obsolete'

tree
sed -i 's/^msgid "Call me"/#, fuzzy\n&/' "$work/t/po/sv.po"
refused 'a fuzzy text' 'fuzzy: "Call me"'

tree
catalogue sv 'Ring mig' 'Hej {namn}' 'En väntar' '{count} väntar' 'Senare'
refused 'other holes' 'other holes than the msgid: "Hello {name}"'

tree
catalogue sv 'Ring mig' 'Hej {name}' 'En väntar' 'flera väntar' 'Senare'
refused 'a plural without its number' 'other holes than the msgid: "One waits"'

tree
catalogue sv 'Ring mig' 'Hej {name}' 'En väntar' '{count} väntar' 'Senere'
refused 'a text copied from another language' 'po/nb.po:17: the same text as sv'
sed -i 's/^msgctxt/# same: one word in both\n&/' "$work/t/po/sv.po"
accepted 'the same text with its reason'

tree
catalogue nb 'Call me' 'Hei {name}' 'En venter' '{count} venter' 'Senere'
refused 'an untranslated copy of the English' 'the same text as en'

tree
catalogue nb '' 'Hei {name}' 'En venter' '{count} venter' 'Senere'
refused 'an empty text' 'no text: "Call me"'

tree
cp "$work/t/po/sv.po" "$work/t/po/fi.po"
refused 'a catalogue that is not in LINGUAS' 'po/fi.po: not in po/LINGUAS'

tree
echo 'not a catalogue' >>"$work/t/po/nb.po"
refused 'a broken catalogue' 'po/nb.po:'

tree
printf '{{template u(void)}}\n<p onclick="x()">\n{{end}}\n' >"$work/t/src/room/bad.tpl"
refused 'a template that does not compile' 'src/room/bad.tpl:2: the event attribute onclick'

tree
printf '%s\nmsgid "Call me"\nmsgstr "Please call me"\n' "$head" >"$work/t/po/en.po"
accepted 'English may hold only what it says otherwise'

tree
echo 'void h(void) { tr(lang, "New here"); }' >"$work/t/src/room/new.c"
run --update || true
if grep -q 'msgid "New here"' "$work/t/po/nb.po" && grep -q 'msgstr "Ring meg"' "$work/t/po/nb.po"; then
	tell 0 '--update adds what is new and keeps the rest'
else
	tell 1 '--update adds what is new and keeps the rest'
fi

# A third language, whose catalogue has two of its texts.
beside() {
	tree
	echo 'nb sv en se' >"$work/t/po/LINGUAS"
	{
		printf 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n%s\n%s\n\n' \
			'"Plural-Forms: nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);\n"' "$1"
		printf 'msgid "One waits"\nmsgid_plural "{count} wait"\nmsgstr[0] "x1"\nmsgstr[1] "x2"\nmsgstr[2] "x {count}"\n\n'
		printf 'msgid "Call me"\nmsgstr "x"\n'
	} >"$work/t/po/se.po"
}

beside '"X-Makker-Nearest: nb\n"'
accepted 'a language with a neighbour may lack texts'
if grep -qF 'po/se.po: 2 of 4 texts; the others in nb' "$work/out"; then
	tell 0 'it is told how many it has'
else
	tell 1 'it is told how many it has'
fi
run --update || true
if run && grep -q 'X-Makker-Nearest: nb' "$work/t/po/se.po" && grep -q 'msgid "Hello {name}"' "$work/t/po/se.po" &&
	grep -qF 'po/se.po: 2 of 4 texts' "$work/out"; then
	tell 0 '--update keeps its header, and what it adds to it is still lacking'
else
	tell 1 '--update keeps its header, and what it adds to it is still lacking'
fi

beside '"X-Other: nb\n"'
refused 'a language without a neighbour may not' 'po/se.po:1: missing: "Hello {name}"'

echo "1..$n"
exit $failed
