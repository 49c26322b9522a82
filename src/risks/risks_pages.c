#include "risks/risks.h"

#include "risks.tpl.h"
#include "risks/risks_view.h"

static struct risks_shown shown(enum lang lang, const struct risks_judged *j)
{
	static const struct {
		const char *word, *color;
	} as[] = {
		[RISKS_FINE] = { TR("In order"), "success" },
		[RISKS_LOOK] = { TR("Worth a look"), "warning" },
		[RISKS_MEND] = { TR("Needs fixing"), "danger" },
		[RISKS_NOT_KNOWN] = { TR("Could not be checked"), "neutral" },
	};
	return (struct risks_shown){ j->grade, tr(lang, as[j->grade].word), as[j->grade].color, tr(lang, j->name), tr(lang, j->why),
				     tr(lang, j->mend) };
}

static struct answer show(struct req *req, const struct actor *who, void *room)
{
	const struct risks_pages *pages = room;
	enum lang lang = (enum lang)req_lang(req);
	struct risks_facts facts = { 0 };
	struct risks_judged list[RISKS_MOST];
	struct risks_view v = { .mend = 0 };
	pages->facts(pages->ctx, &facts);
	v.n = risks_judge(&facts, list);
	for (size_t i = 0; i < v.n; i++) {
		v.list[i] = shown(lang, &list[i]);
		v.mend += list[i].grade == RISKS_MEND;
		v.other += list[i].grade == RISKS_LOOK || list[i].grade == RISKS_NOT_KNOWN;
		v.fine += list[i].grade == RISKS_FINE;
	}
	v.look = (struct look){ .house = pages->house, .lang = lang, .title = tr(lang, "How it is set up"), .roles = who->roles,
				.place = pages->path, .path = pages->path, .sign_out = pages->sign_out, .account = pages->account, .csrf = who->csrf,
				.quick_exit = pages->house->side == LOOK_HAVEN };
	struct html h = html_for(req);
	risks_page(&h, &v);
	return reply_html(req, 200, &h);
}

void risks_routes(struct risks_pages *pages, struct web *web)
{
	pages->route[0] = (struct route){ .method = METHOD_GET, .path = pages->path, .may = pages->may, .handle = show, .flags = FLAG_SLOW };
	web_routes(web, pages->route, 1, pages);
}
