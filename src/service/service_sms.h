/* service_sms.h: SMS as the settings say, and the door at which a gateway tells what became of them. Part of service. */
#ifndef SERVICE_SMS_H
#define SERVICE_SMS_H

#include "service/service.h"

/* Reads the gateway's file, if the settings name one, and checks what goes with it. RES_BAD: mistakes were added. */
MUST_USE enum result service_sms_read(struct service *s, struct buf *mistakes);
/* What the post needs; its strings live as long as the service. The address for reports is drawn at the first time. */
MUST_USE enum result service_sms(struct service *s, struct post_sms *sms_r);
/* GET and POST /sms/{secret} and /sms/{secret}/{token}, where the gateway has reports. The answer is the same whether the
   message is known or not, and nothing of it is logged. */
void service_sms_routes(struct service *s);
void service_sms_free(struct service *s);

/* `makker sms`: says how SMS go, and the address for reports, which a gateway may ask for beforehand. */
int service_sms_command(struct service *s);

#endif
