#include "service/service_sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypt/crypt.h"
#include "service/service_secret.h"
#include "web/reply.h"

#define SETTING "sms reports"
#define SECRET 16 /* bytes */
#define WHOSE "what a gateway was given, of whoever holds the address"
#define REPORT_MOST 8192 /* bytes of one report; our choice, some times the longest that is documented */

struct service_sms {
	struct service *service;
	struct gateway *gateway;
	struct post_quiet quiet;
	char secret[500];     /* the gateway's */
	char path[ID_TEXT + 1]; /* the reports' */
	char *base;
	struct field fields[3];
	struct route routes[5];
};

SQL(path_get, "t", "value:b", "SELECT value FROM setting WHERE name = $1");
SQL(path_put, "tb", "", "INSERT INTO setting (name, value) VALUES ($1, $2)");

/* ---- settings ---- */

static void check_settings(const struct config *c, struct post_quiet *quiet, struct buf *mistakes)
{
	static const char *const with[] = { "sms_from", "sms_user", "sms_secret_file", "sms_ca" };
	bool on = config_given(c, "sms_gateway");
	for (size_t i = 0; i < ARRAY_LEN(with); i++)
		if (!on && config_given(c, with[i]))
			config_mistake(c, with[i], mistakes, "is given without sms_gateway");
	if (on && !config_given(c, "sms_from"))
		config_mistake(c, "sms_gateway", mistakes, "is given without sms_from");
	if (post_quiet_read(slice_of(config_text(c, "sms_quiet")), quiet) != RES_OK)
		config_mistake(c, "sms_quiet", mistakes, "is no span of the day such as 21:00-07:00");
}

enum result service_sms_read(struct service *s, struct buf *mistakes)
{
	struct service_sms *sms = must_alloc(1, sizeof(*sms));
	size_t before = mistakes->n;
	sms->service = s;
	s->sms = sms;
	check_settings(s->config, &sms->quiet, mistakes);
	if (!config_given(s->config, "sms_gateway"))
		return mistakes->n > before ? RES_BAD : RES_OK;
	enum result res = gateway_read(config_text(s->config, "sms_gateway"), &sms->gateway, mistakes);
	return res == RES_OK && mistakes->n > before ? RES_BAD : res;
}

void service_sms_free(struct service *s)
{
	if (!s->sms)
		return;
	gateway_free(&s->sms->gateway);
	crypt_wipe(s->sms->secret, sizeof(s->sms->secret));
	free(s->sms->base);
	free(s->sms);
	s->sms = NULL;
}

/* The path's secret part: whoever does not know it cannot even ask whether a message is known. */
static enum result path_work(struct tx *tx, void *ctx)
{
	struct service_sms *sms = ctx;
	struct id secret;
	struct rows *rows;
	enum result res = db_one(tx, &path_get, &rows, v_str(SETTING));
	if (res == RES_OK) {
		secret = row_id(rows, 0);
	} else if (res == RES_NONE) {
		secret = id_new(sms->service->rnd, "service/sms");
		res = RES_OK;
		rows_end(&rows);
		res = db_do(tx, &path_put, NULL, v_str(SETTING), v_id(&secret));
	}
	rows_end(&rows);
	if (res == RES_OK)
		snprintf(sms->path, sizeof(sms->path), "%s", id_text(&secret).s);
	return res;
}

static enum result find_path(struct service_sms *sms)
{
	enum result res = db_write(sms->service->db, path_work, sms);
	if (res != RES_OK)
		return res;
	struct buf base = BUF_LIMIT(400);
	buf_printf(&base, "%s/sms/%s", sms->service->public_url, sms->path);
	free(sms->base);
	sms->base = must_strdup(base.p);
	buf_free(&base);
	return RES_OK;
}

enum result service_sms(struct service *s, struct post_sms *sms_r)
{
	struct service_sms *sms = s->sms;
	*sms_r = (struct post_sms){ .gateway = NULL };
	if (!sms || !sms->gateway)
		return RES_OK;
	const struct config *c = s->config;
	enum result res = find_path(sms);
	if (res == RES_OK && config_given(c, "sms_secret_file"))
		res = service_secret("the gateway's secret", config_text(c, "sms_secret_file"), sms->secret, sizeof(sms->secret));
	if (res != RES_OK)
		return res;
	*sms_r = (struct post_sms){
		.gateway = sms->gateway, .quiet = sms->quiet, .report_base = sms->base,
		.account = { config_text(c, "sms_user"), sms->secret, config_text(c, "sms_from") },
		.ca_file = config_given(c, "sms_ca") ? config_text(c, "sms_ca") : NULL,
	};
	return RES_OK;
}

bool service_has_sms(const struct service *s, struct post_quiet *quiet_r)
{
	bool has = s->sms && s->sms->gateway;
	if (has)
		*quiet_r = s->sms->quiet;
	return has;
}

/* ---- reports ---- */

static bool knows_the_path(struct req *req, const struct service_sms *sms)
{
	struct slice given = req_path(req, 0);
	return given.n == ID_TEXT && crypt_eq(given.p, sms->path, ID_TEXT);
}

/* What the report says: of which message, by the gateway's own number, and what became of it. */
static enum gateway_fate read_report(struct req *req, const struct service_sms *sms, char id[GATEWAY_ID_MOST + 1])
{
	struct slice text;
	enum gateway_fate fate = GATEWAY_ON_ITS_WAY;
	const char *id_name = gateway_report_id(sms->gateway);
	id[0] = '\0';
	if (gateway_reports(sms->gateway) == GATEWAY_JSON_REPORTS)
		return gateway_report(sms->gateway, req_body(req), id, &fate) == RES_OK ? fate : GATEWAY_ON_ITS_WAY;
	if (*id_name && req_text(req, id_name, &text) == RES_OK)
		snprintf(id, GATEWAY_ID_MOST + 1, "%.*s", (int)text.n, text.p);
	if (req_text(req, gateway_report_status(sms->gateway), &text) == RES_OK)
		fate = gateway_fate(sms->gateway, text);
	return fate;
}

static struct answer report(struct req *req, struct service_sms *sms, struct slice token)
{
	char id[GATEWAY_ID_MOST + 1];
	struct service *s = sms->service;
	if (!knows_the_path(req, sms))
		return reply_empty(req, 404);
	enum gateway_fate fate = read_report(req, sms, id);
	enum result res = RES_NONE;
	if (fate != GATEWAY_ON_ITS_WAY)
		res = post_report(s->db, s->rnd, s->clock, token, id, fate == GATEWAY_DELIVERED);
	if (res == RES_OK)
		service_mail_waits(s);
	return reply_empty(req, res == RES_OK || res == RES_NONE ? 200 : 503);
}

static struct answer by_token(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	return report(req, room, req_path(req, 1));
}

static struct answer by_number(struct req *req, const struct actor *who, void *room)
{
	(void)who;
	return report(req, room, (struct slice){ NULL, 0 });
}

/* A gateway is no browser: nothing of ours stands in its requests but the address. */
static void put_routes(struct service_sms *sms, bool json)
{
	uint32_t flags = FLAG_SECRET | FLAG_NO_CSRF | (json ? FLAG_BINARY : 0);
	size_t n = 0;
	const struct field *fields = json ? NULL : sms->fields;
	sms->routes[n++] =
		(struct route){ METHOD_POST, "/sms/{secret}", MAY_ANYBODY, fields, by_number, flags, REPORT_MOST, WHOSE };
	sms->routes[n++] =
		(struct route){ METHOD_POST, "/sms/{secret}/{token}", MAY_ANYBODY, fields, by_token, flags, REPORT_MOST, WHOSE };
	if (!json) {
		sms->routes[n++] =
			(struct route){ METHOD_GET, "/sms/{secret}", MAY_ANYBODY, fields, by_number, FLAG_SECRET, 0, WHOSE };
		sms->routes[n++] =
			(struct route){ METHOD_GET, "/sms/{secret}/{token}", MAY_ANYBODY, fields, by_token, FLAG_SECRET, 0, WHOSE };
	}
	web_routes(sms->service->web, sms->routes, n, sms);
}

void service_sms_routes(struct service *s)
{
	struct service_sms *sms = s->sms;
	if (!sms || !sms->gateway || gateway_reports(sms->gateway) == GATEWAY_NO_REPORTS)
		return;
	const char *id = gateway_report_id(sms->gateway);
	size_t n = 0;
	sms->fields[n++] = (struct field){ .name = gateway_report_status(sms->gateway), .kind = FIELD_TEXT, .most = 200 };
	if (*id)
		sms->fields[n++] = (struct field){ .name = id, .kind = FIELD_TEXT, .most = GATEWAY_ID_MOST };
	put_routes(sms, gateway_reports(sms->gateway) == GATEWAY_JSON_REPORTS);
}

/* ---- the operator's command ---- */

int service_sms_command(struct service *s)
{
	struct service_sms *sms = s->sms;
	if (s->words_n != 1) {
		fprintf(stderr, "usage: sms\n");
		return LEAVE_USAGE;
	}
	if (!sms || !sms->gateway) {
		printf("%s: no SMS go out: sms_gateway is not set\n", s->kind->name);
		return LEAVE_OK;
	}
	if (find_path(sms) != RES_OK)
		return LEAVE_FAILED;
	printf("%s: SMS go out by %s\n", s->kind->name, gateway_name(sms->gateway));
	if (gateway_reports(sms->gateway) == GATEWAY_NO_REPORTS)
		printf("It does not tell what became of them.\n");
	else
		printf("It tells what became of them at %s\nKeep this address to yourself and the gateway.\n", sms->base);
	return LEAVE_OK;
}
