/* incidents_show.h: from what the form holds to what its page shows. Part of the room's pages. */
#ifndef INCIDENTS_SHOW_H
#define INCIDENTS_SHOW_H

#include "duty/incidents/incidents_form.h"
#include "duty/incidents/incidents_view.h"

/* `saving`: faults are told; otherwise only those of the button that was pressed. */
void show_form(const struct incidents_pages *pages, struct req *req, const struct actor *who,
	       const struct incident_form *f, bool saving, struct form_view *v_r);
void show_people(const struct incidents_pages *pages, struct req *req, const struct actor *who,
		 const struct incident *in, const struct incident_form *f, bool saving, struct form_view *v_r);
/* "Nurse · Emergency department": the profession and the innermost unit, what there is of them. */
const char *show_about(struct arena *a, const char *profession, const char *unit_path);
/* Initials of a name; nothing of a protected one. */
void show_initials(const char *name, char out[16]);

#endif
