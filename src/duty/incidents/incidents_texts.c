#include "duty/incidents/incidents.h"

const char *incident_kind_text(enum lang lang, enum incident_kind kind)
{
	switch (kind) {
	case INCIDENT_VIOLENCE: return tr(lang, "Threats or violence");
	case INCIDENT_ERROR: return tr(lang, "A serious error");
	case INCIDENT_DEATH: return tr(lang, "A sudden death");
	case INCIDENT_ACCIDENT: return tr(lang, "An accident");
	case INCIDENT_CONFLICT: return tr(lang, "A conflict");
	case INCIDENT_HARASSMENT: return tr(lang, "Harassment");
	case INCIDENT_STRAIN: return tr(lang, "Strain over time");
	case INCIDENT_OTHER: return tr(lang, "Something else");
	case INCIDENT_KINDS: break;
	}
	bug("no such kind of incident: %d", kind);
}

const char *incident_severity_text(enum lang lang, int severity)
{
	switch (severity) {
	case 1: return tr(lang, "Distressing");
	case 2: return tr(lang, "Serious");
	case 3: return tr(lang, "Death or serious injury");
	}
	bug("no such severity: %d", severity);
}

const char *exposure_how_text(enum lang lang, enum exposure_how how)
{
	switch (how) {
	case EXPOSURE_EXPOSED: return tr(lang, "Directly affected");
	case EXPOSURE_WITNESS: return tr(lang, "Saw it");
	case EXPOSURE_HELPED: return tr(lang, "Helped");
	case EXPOSURE_HOWS: break;
	}
	bug("no such kind of exposure: %d", how);
}
