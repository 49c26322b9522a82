/* gateway_inside.h: what the gateway's files share. */
#ifndef POST_GATEWAY_INSIDE_H
#define POST_GATEWAY_INSIDE_H

#include "post/gateway.h"

struct gateway {
	struct config *config;
	enum gateway_reports reports;
};

/* Holes, as bits. */
#define GATEWAY_TO (1u << 0)
#define GATEWAY_TEXT (1u << 1)
#define GATEWAY_FROM (1u << 2)
#define GATEWAY_ID (1u << 3)
#define GATEWAY_REPORT_URL (1u << 4)
#define GATEWAY_USER (1u << 5)
#define GATEWAY_SECRET (1u << 6)
#define GATEWAY_IN_HEADERS (GATEWAY_FROM | GATEWAY_ID | GATEWAY_USER | GATEWAY_SECRET)

/* Takes what stands before the next {hole}, and its name, off the front; the name is empty after the last. A brace that
   begins no hole (a letter or '_' up to a closing one) is a brace: JSON is full of them. False: nothing is left. */
bool gateway_next_hole(struct slice *rest, struct slice *literal_r, struct slice *name_r);
/* Its bit; 0: no such hole. */
unsigned gateway_hole(struct slice name);
bool gateway_is_json(struct slice text);

#endif
