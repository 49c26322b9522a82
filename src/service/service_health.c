#include "service/service_health.h"

int service_health_text(const struct service_health *h, struct buf *out)
{
	int n = 0;
	const struct {
		bool is;
		const char *says;
	} problems[] = {
		{ h->database == HEALTH_SILENT, "the database does not answer within 3 seconds" },
		{ h->database == HEALTH_FAILS, "the database cannot be read" },
		{ h->database == HEALTH_ANSWERS && h->jobs_late > 0, "what falls due is not done: jobs are more than 15 minutes late" },
		{ h->mail_away >= HEALTH_MAIL_AWAY, "the mail server has taken nobody's mail for 15 minutes, and mail waits" },
		{ h->sms_away >= HEALTH_MAIL_AWAY, "the SMS gateway has taken nobody's SMS for 15 minutes, and SMS wait" },
		{ h->database == HEALTH_ANSWERS && h->mail_days >= HEALTH_MAIL_DAYS,
		  "a mail has waited for two days; after three it counts as refused" },
		{ h->free_mb >= 0 && h->free_mb < HEALTH_FREE_MB, "the disk with the program's folder has less than 32 MB left" },
	};
	for (size_t i = 0; i < ARRAY_LEN(problems); i++)
		if (problems[i].is) {
			buf_printf(out, "%s\n", problems[i].says);
			n++;
		}
	if (h->trouble) {
		buf_printf(out, "%s\n", h->trouble);
		n++;
	}
	return n;
}
