/* Readers of the door against anything at all: what they take keeps what door.h promises, and comes through once more, written. */
#include <stdlib.h>
#include <string.h>

#include "door/door.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool kept)
{
	if (!kept)
		abort();
}

static void text(const char *s, size_t most)
{
	must(s && strlen(s) <= most);
}

static void people(struct arena *a, struct slice in)
{
	struct door_people m, again;
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST), twice = BUF_LIMIT(DOOR_BYTES_MOST);
	if (door_read_people(a, in, &m) != RES_OK)
		return;
	must(m.n <= DOOR_PEOPLE_MOST && m.to >= 0);
	for (size_t i = 0; i < m.n; i++) {
		if (m.list[i].ended)
			continue;
		must(door_person_fits(&m.list[i]));
		text(m.list[i].name, DOOR_NAME_MOST);
		text(m.list[i].unit, DOOR_UNIT_MOST);
	}
	door_write_people(&out, &m);
	must(door_read_people(a, buf_get(&out), &again) == RES_OK);
	door_write_people(&twice, &again);
	must(out.n == twice.n && memcmp(out.p, twice.p, out.n) == 0);
	buf_free(&out);
	buf_free(&twice);
}

static void incidents(struct arena *a, struct slice in)
{
	struct door_incidents m, again;
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST), twice = BUF_LIMIT(DOOR_BYTES_MOST);
	if (door_read_incidents(a, in, &m) != RES_OK)
		return;
	must(m.n <= DOOR_INCIDENTS_MOST && m.to >= 0);
	for (size_t i = 0; i < m.n; i++) {
		const struct door_incident *one = &m.list[i];
		must(door_incident_fits(one) && one->severity >= 1 && one->severity <= 3);
		must(one->excluded_n <= DOOR_EXCLUDED_MOST && one->exposures_n <= DOOR_EXPOSED_MOST);
	}
	door_write_incidents(&out, &m);
	must(door_read_incidents(a, buf_get(&out), &again) == RES_OK);
	door_write_incidents(&twice, &again);
	must(out.n == twice.n && memcmp(out.p, twice.p, out.n) == 0);
	buf_free(&out);
	buf_free(&twice);
}

static void facts(struct arena *a, struct slice in)
{
	struct door_facts m, again;
	struct buf out = BUF_LIMIT(DOOR_BYTES_MOST);
	if (door_read_facts(a, in, &m) != RES_OK)
		return;
	must(m.n <= DOOR_FACTS_MOST);
	door_write_facts(&out, &m);
	must(door_read_facts(a, buf_get(&out), &again) == RES_OK && again.n == m.n);
	for (size_t i = 0; i < m.n; i++)
		must(id_eq(&m.list[i].about, &again.list[i].about) && m.list[i].kind == again.list[i].kind);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct slice in = slice_bytes(data, size);
	people(a, in);
	incidents(a, in);
	facts(a, in);
	arena_free(&a);
	return 0;
}
