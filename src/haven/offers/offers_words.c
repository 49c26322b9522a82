/* The words of every message to somebody affected, and to a supporter, in one frame: a greeting, one or two plain sentences, the link, whom to
   ask, the workplace's name. Subject and body name neither incident nor support (PRODUCT.md § 5, J3): the mail server, the
   gateway and whoever sits beside her read them too. Plain text alone. No List-Unsubscribe: a mail program would show
   "unsubscribe" beside the sender, and scanners press it; "stop these messages" is on the page, where it changes something. */
#include "haven/offers/offers_inside.h"

static const char *mail_of(enum lang lang, enum offers_touch touch, bool again)
{
	if (touch == OFFERS_SECOND)
		return tr(lang, "Hello,\n\nHere is the second short message we promised. It takes a minute to read:\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	if (touch == OFFERS_CHECK)
		return tr(lang, "Hello,\n\nIt has been four weeks. Here is one last short message, the same for everybody:\n\n"
				"{url}\n\nThe link is yours alone; please do not pass it on.\n");
	if (touch == OFFERS_GROUP && !again)
		return tr(lang, "Hello,\n\nThere is something new in the message you got: a time and a place.\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	if (again)
		return tr(lang, "Hello,\n\nSomething has changed in the message you got.\n\n{url}\n\n"
				"The link is yours alone; please do not pass it on.\n");
	return tr(lang, "Hello,\n\nA colleague has a short message for you. It takes a minute to read:\n\n{url}\n\n"
			"The link is yours alone; please do not pass it on.\n");
}

/* At most two segments with the link and the rest, in each language: a test counts. */
static const char *sms_of(enum lang lang, enum offers_touch touch, bool again)
{
	if (touch == OFFERS_SECOND)
		return tr(lang, "Hello, here is the second short message we promised. The link is yours alone: {url}");
	if (touch == OFFERS_CHECK)
		return tr(lang, "Hello, here is one last short message, four weeks on. The link is yours alone: {url}");
	if (touch == OFFERS_GROUP && !again)
		return tr(lang, "Hello, there is something new in the message you got: a time and a place. The link is yours alone: {url}");
	if (again)
		return tr(lang, "Hello, something has changed in the message you got. The link is yours alone: {url}");
	return tr(lang, "Hello, a colleague has a short message for you. The link is yours alone: {url}");
}

const char *offers_subject(enum lang lang)
{
	return tr(lang, "A message for you");
}

/* The number alone: what the line is called may say what it is for. */
static void whom_to_ask(struct buf *out, const struct offers_setup *s, enum lang lang)
{
	if (s->ask_phone && s->ask_phone[0])
		tr_fill(out, tr(lang, "Questions about this message? Call {phone}."), "phone", s->ask_phone, NULL);
}

void offers_words(struct buf *body, const struct offers_setup *s, enum lang lang, enum offers_touch touch, bool again,
		  enum offers_way way, const char *url)
{
	bool sms = way == OFFERS_BY_SMS, asks = s->ask_phone && s->ask_phone[0];
	tr_fill(body, sms ? sms_of(lang, touch, again) : mail_of(lang, touch, again), "url", url, NULL);
	if (asks)
		buf_str(body, "\n");
	whom_to_ask(body, s, lang);
	buf_printf(body, sms ? "\n%s" : asks ? "\n\n%s\n" : "\n%s\n", s->workplace);
}

/* ---- to a supporter ---- */

const char *offers_notice_subject(enum lang lang)
{
	return tr(lang, "Your desk");
}

void offers_notice_words(struct buf *body, const struct offers_setup *s, enum lang lang, enum offers_notice notice,
			 const char *given, const char *url, const char *more)
{
	const char *text =
		notice == OFFERS_CLOSES ? tr(lang, "Hello {name},\n\nPlease open your desk before 15:00 today, so that what "
						   "you have noted counts.\n\n{url}\n")
		: notice == OFFERS_CHANGED ? tr(lang, "Hello {name},\n\nSomething has changed at your desk.\n\n{url}\n")
		: notice == OFFERS_WAITS ? tr(lang, "Hello {name},\n\nSomething is waiting at "
						    "your desk.\n\n{url}\n")
					 : tr(lang, "Hello {name},\n\nPlease look at your desk today. Something may be waiting "
						    "there.\n\n{url}\n");
	tr_fill(body, text, "name", given, "url", url, NULL);
	if (more)
		buf_printf(body, "\n%s\n", more);
	buf_printf(body, "\n%s\n", s->workplace);
}
