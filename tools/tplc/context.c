#include "context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool refuse(struct context *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool refuse(struct context *c, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, args);
	va_end(args);
	return false;
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f';
}

static bool is_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static bool is_name(char ch)
{
	return is_letter(ch) || (ch >= '0' && ch <= '9') || ch == '-' || ch == ':' || ch == '_';
}

static bool one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}
#define ONE_OF(name, ...)                                                                                    \
	one_of(name, (const char *const[]){__VA_ARGS__},                                                     \
	       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static bool name_add(struct context *c, char name[CONTEXT_NAME], char ch)
{
	size_t n = strlen(name);
	if (n + 1 >= CONTEXT_NAME)
		return refuse(c, "the name \"%s…\" is too long", name);
	name[n] = ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
	name[n + 1] = '\0';
	return true;
}

/* ---- elements ---- */

static bool inside(const struct context *c, const char *tag)
{
	for (int i = 0; i < c->n_open; i++)
		if (strcmp(c->open[i], tag) == 0)
			return true;
	return false;
}

static bool is_void(const char *tag)
{
	return ONE_OF(tag, "area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track",
		      "wbr");
}

static bool is_rcdata(const struct context *c)
{
	return (strcmp(c->tag, "title") == 0 && !inside(c, "svg")) || strcmp(c->tag, "textarea") == 0;
}

static bool tag_named(struct context *c)
{
	if (strcmp(c->tag, "style") == 0)
		return refuse(c, "an inline <style>: the Content Security Policy forbids it");
	if (ONE_OF(c->tag, "base", "iframe", "frame", "object", "embed", "applet", "xmp", "noembed",
		   "noframes", "plaintext"))
		return refuse(c, "<%s> is not used here", c->tag);
	return true;
}

static bool tag_closes(struct context *c)
{
	if (is_void(c->tag))
		return refuse(c, "</%s>: this element has no end", c->tag);
	if (c->n_open > 0) {
		if (strcmp(c->open[c->n_open - 1], c->tag) != 0)
			return refuse(c, "</%s> where </%s> is awaited", c->tag, c->open[c->n_open - 1]);
		c->n_open--;
	} else {
		if (c->n_closed == CONTEXT_DEPTH)
			return refuse(c, "too many elements are closed");
		memcpy(c->closed[c->n_closed++], c->tag, CONTEXT_NAME);
	}
	return true;
}

/* At the '>'. */
static bool tag_ends(struct context *c)
{
	c->place = IN_TEXT;
	if (c->closing)
		return tag_closes(c);
	if (c->slash && !is_void(c->tag) && !inside(c, "svg"))
		return refuse(c, "<%s/> does not close itself in HTML", c->tag);
	if (c->slash || is_void(c->tag))
		return true;
	bool rcdata = is_rcdata(c);
	if (c->n_open == CONTEXT_DEPTH)
		return refuse(c, "elements are nested too deep");
	memcpy(c->open[c->n_open++], c->tag, CONTEXT_NAME);
	if (rcdata)
		c->place = IN_RCDATA;
	else if (strcmp(c->tag, "script") == 0)
		c->place = IN_SCRIPT;
	return true;
}

/* The text begins with the end of the element we are in: "</title>". */
static bool at_end_tag(const struct context *c, struct slice rest)
{
	const char *tag = c->open[c->n_open - 1];
	size_t n = strlen(tag);
	return rest.n > n + 2 && rest.p[1] == '/' && strncasecmp(rest.p + 2, tag, n) == 0 &&
	       (is_space(rest.p[n + 2]) || rest.p[n + 2] == '>');
}

/* ---- attributes ---- */

static bool attr_named(struct context *c)
{
	const char *a = c->attr;
	if (strcmp(a, "style") == 0)
		return refuse(c, "a style attribute: the Content Security Policy forbids it");
	if (a[0] == 'o' && a[1] == 'n')
		return refuse(c, "the event attribute %s: the Content Security Policy forbids it", a);
	if (ONE_OF(a, "srcdoc", "ping"))
		return refuse(c, "%s is not used here", a);
	if (strcmp(a, "http-equiv") == 0) {
		if (c->content_hole)
			return refuse(c, "http-equiv beside a content with a hole");
		c->http_equiv = true;
	}
	c->kind = ATTR_PLAIN;
	c->url = URL_START;
	c->scheme[0] = '\0';
	if (ONE_OF(a, "href", "src", "action", "formaction", "xlink:href", "cite", "poster", "data",
		   "manifest", "background"))
		c->kind = ATTR_URL;
	else if (ONE_OF(a, "srcset", "imagesrcset", "http-equiv", "attributename", "integrity", "nonce", "is",
			"sandbox", "allow", "xmlns"))
		c->kind = ATTR_NO_HOLE;
	if (ONE_OF(c->tag, "animate", "set", "animatetransform", "animatemotion"))
		c->kind = ATTR_NO_HOLE; /* they can write href into another element */
	return true;
}

static bool scheme_ends(struct context *c)
{
	if (ONE_OF(c->scheme, "http", "https"))
		c->url = URL_HOST;
	else if (ONE_OF(c->scheme, "tel", "sms"))
		c->url = URL_PHONE;
	else if (strcmp(c->scheme, "mailto") == 0)
		c->url = URL_PART;
	else if (strcmp(c->scheme, "data") == 0 && ONE_OF(c->tag, "img", "link"))
		c->url = URL_DATA;
	else
		return refuse(c, "the URL scheme \"%s:\" is not allowed", c->scheme);
	return true;
}

static bool url_step(struct context *c, struct slice rest)
{
	char ch = rest.p[0];
	switch (c->url) {
	case URL_START:
		if (is_space(ch) || (unsigned char)ch < ' ')
			return refuse(c, "white space before a URL");
		if (ch == '&')
			return refuse(c, "a character reference in a URL's beginning");
		if (ch == '/' && rest.n > 1 && (rest.p[1] == '/' || rest.p[1] == '\\'))
			return refuse(c, "a URL that begins with // leads to another host");
		if (ch == '\\')
			return refuse(c, "a backslash in a URL");
		c->url = is_letter(ch) ? URL_SCHEME : URL_PART;
		return c->url != URL_SCHEME || name_add(c, c->scheme, ch);
	case URL_SCHEME:
		if (ch == ':')
			return scheme_ends(c);
		if (ch == '&' || is_space(ch))
			return refuse(c, "\"%c\" in a URL's beginning", ch);
		if (!is_name(ch) && ch != '.' && ch != '+')
			c->url = URL_PART;
		return c->url == URL_PART || name_add(c, c->scheme, ch);
	case URL_HOST:
		/* The two slashes after the scheme do not end the host. */
		if (ch == '/' && rest.n > 1 && rest.p[1] != '/' && rest.p[-1] != ':' && rest.p[-2] != ':')
			c->url = URL_PART;
		else if (ch == '?' || ch == '#')
			c->url = URL_PART;
		return true;
	case URL_PHONE:
	case URL_DATA:
	case URL_PART:
		return true;
	}
	return true;
}

/* ---- one character ---- */

static bool tag_step(struct context *c, char ch)
{
	if (is_space(ch)) {
		c->needs_space = false;
		return true;
	}
	if (ch == '>')
		return tag_ends(c);
	if (c->slash)
		return refuse(c, "\"/\" inside a tag");
	if (ch == '/' && !c->closing) {
		c->slash = true;
		return true;
	}
	if (c->closing)
		return refuse(c, "an attribute in the end tag </%s>", c->tag);
	if (!is_letter(ch) && ch != '_')
		return refuse(c, "\"%c\" where an attribute should begin", ch);
	if (c->needs_space)
		return refuse(c, "white space is missing before an attribute");
	c->place = IN_ATTR_NAME;
	c->attr[0] = '\0';
	return name_add(c, c->attr, ch);
}

static bool open_step(struct context *c, struct slice rest)
{
	char ch = rest.p[0];
	if (ch == '!') {
		c->place = rest.n > 2 && rest.p[1] == '-' && rest.p[2] == '-' ? IN_COMMENT : IN_DECL;
		return true;
	}
	if (ch == '/' && !c->closing) {
		c->closing = true;
		return true;
	}
	if (!is_letter(ch))
		return refuse(c, "\"<\" that begins no tag: write &lt;");
	c->place = IN_TAG_NAME;
	return name_add(c, c->tag, ch);
}

bool context_step(struct context *c, struct slice rest)
{
	char ch = rest.p[0];
	if (ch == '\0')
		return refuse(c, "a zero byte");
	switch (c->place) {
	case IN_RCDATA:
	case IN_SCRIPT:
		if (ch != '<' || !at_end_tag(c, rest)) {
			if (c->place == IN_SCRIPT && !is_space(ch))
				return refuse(c,
					      "an inline <script>: the Content Security Policy forbids it");
			if (ch == '<')
				return refuse(c, "a tag inside <%s>", c->open[c->n_open - 1]);
			return true;
		}
		/* fall through */
	case IN_TEXT:
		if (ch == '<') {
			c->place = IN_TAG_OPEN;
			c->tag[0] = '\0';
			c->closing = c->slash = c->needs_space = c->http_equiv = c->content_hole = false;
		}
		return true;
	case IN_TAG_OPEN:
		return open_step(c, rest);
	case IN_TAG_NAME:
		if (is_name(ch))
			return name_add(c, c->tag, ch);
		if (!is_space(ch) && ch != '>' && ch != '/')
			return refuse(c, "\"%c\" in the name of a tag", ch);
		c->place = IN_TAG;
		return tag_named(c) && tag_step(c, ch);
	case IN_TAG:
		return tag_step(c, ch);
	case IN_ATTR_NAME:
		if (is_name(ch))
			return name_add(c, c->attr, ch);
		if (!attr_named(c))
			return false;
		if (ch == '=') {
			c->place = IN_BEFORE_VALUE;
			return true;
		}
		c->place = IN_TAG;
		c->needs_space = true;
		return tag_step(c, ch);
	case IN_BEFORE_VALUE:
		if (ch != '"' && ch != '\'')
			return refuse(c, "the value of %s is not in quotes", c->attr);
		c->quote = ch;
		c->place = IN_VALUE;
		return true;
	case IN_VALUE:
		if (ch == c->quote) {
			c->place = IN_TAG;
			c->needs_space = true;
			return true;
		}
		return c->kind != ATTR_URL || url_step(c, rest);
	case IN_DECL:
		if (ch == '>')
			c->place = IN_TEXT;
		return true;
	case IN_COMMENT:
		if (ch == '>' && rest.p[-1] == '!' && rest.p[-2] == '-')
			return refuse(c, "a comment that ends in --!>");
		if (ch == '>' && rest.p[-1] == '-' && rest.p[-2] == '-')
			c->place = IN_TEXT;
		return true;
	}
	return true;
}

/* ---- holes and blocks ---- */

static enum hole no_hole(struct context *c, const char *where)
{
	refuse(c, "a value %s", where);
	return HOLE_REFUSED;
}

static enum hole url_hole(struct context *c)
{
	switch (c->url) {
	case URL_START:
		c->url = URL_PART;
		return ONE_OF(c->tag, "script", "link") ? HOLE_URL_OURS : HOLE_URL;
	case URL_HOST:
		return no_hole(c, "in a host name: give the whole URL as one value");
	case URL_PHONE:
		return no_hole(c, "after tel: or sms: (percent-encoding breaks \"+\"): give the whole URL");
	case URL_DATA:
		return no_hole(c, "in a data: URL");
	case URL_SCHEME:
		c->url = URL_PART; /* percent-encoded, it brings no colon */
		return HOLE_URL_PART;
	case URL_PART:
		return HOLE_URL_PART;
	}
	return HOLE_REFUSED;
}

enum hole context_hole(struct context *c)
{
	switch (c->place) {
	case IN_TEXT: return HOLE_TEXT;
	case IN_RCDATA: return HOLE_RCDATA;
	case IN_TAG_OPEN:
	case IN_TAG_NAME: return no_hole(c, "in the name of a tag");
	case IN_TAG: return no_hole(c, "where an attribute's name would stand");
	case IN_ATTR_NAME: return no_hole(c, "in the name of an attribute");
	case IN_BEFORE_VALUE: return no_hole(c, "in an attribute without quotes");
	case IN_DECL: return no_hole(c, "in a declaration");
	case IN_COMMENT: return no_hole(c, "in a comment");
	case IN_SCRIPT: return no_hole(c, "in <script>");
	case IN_VALUE: break;
	}
	if (c->kind == ATTR_URL)
		return url_hole(c);
	if (c->kind == ATTR_NO_HOLE) {
		refuse(c, "a value in the attribute %s of <%s>", c->attr, c->tag);
		return HOLE_REFUSED;
	}
	if (strcmp(c->tag, "meta") == 0 && strcmp(c->attr, "content") == 0) {
		if (c->http_equiv)
			return no_hole(c, "in the content of http-equiv");
		c->content_hole = true;
	}
	return HOLE_ATTR;
}

bool context_block(struct context *c)
{
	switch (c->place) {
	case IN_TAG_NAME:
		if (!tag_named(c))
			return false;
		break;
	case IN_ATTR_NAME:
		if (!attr_named(c))
			return false;
		break;
	case IN_TEXT:
	case IN_TAG:
	case IN_VALUE:
	case IN_RCDATA:
		return true;
	default:
		return refuse(c, "a block may not begin or end here");
	}
	c->place = IN_TAG;
	c->needs_space = true;
	return true;
}

bool context_join(struct context *into, const struct context *other)
{
	bool tag = into->place == IN_TAG || into->place == IN_VALUE;
	bool value = into->place == IN_VALUE;
	if (into->place != other->place || into->n_open != other->n_open ||
	    into->n_closed != other->n_closed ||
	    (tag && (strcmp(into->tag, other->tag) != 0 || into->closing != other->closing)) ||
	    (value && (strcmp(into->attr, other->attr) != 0 || into->quote != other->quote)))
		return false;
	if (value && into->kind == ATTR_URL &&
	    (into->url != other->url ||
	     (into->url == URL_SCHEME && strcmp(into->scheme, other->scheme) != 0)))
		return false;
	for (int i = 0; i < into->n_open; i++)
		if (strcmp(into->open[i], other->open[i]) != 0)
			return false;
	for (int i = 0; i < into->n_closed; i++)
		if (strcmp(into->closed[i], other->closed[i]) != 0)
			return false;
	into->needs_space |= other->needs_space;
	into->slash |= other->slash;
	into->http_equiv |= other->http_equiv;
	into->content_hole |= other->content_hole;
	return true;
}

bool context_keeps_space(const struct context *c)
{
	return (c->place != IN_TEXT && c->place != IN_TAG) || inside(c, "pre");
}
