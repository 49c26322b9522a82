/* Words to the small numbers that the matching compares. */
#include <string.h>

#include "haven/supporters/supporters.h"

struct supporters_words {
	struct arena *a;
	const char **units, **professions;
	int32_t *parent;
	size_t units_n, units_room, professions_n, professions_room;
};

struct supporters_words *supporters_words_new(struct arena *a)
{
	struct supporters_words *w = arena_new_of(a, struct supporters_words);
	w->a = a;
	return w;
}

static void grow(struct supporters_words *w, const char ***list, size_t n, size_t *room)
{
	if (n < *room)
		return;
	size_t more = *room ? *room * 2 : 64;
	const char **fresh = arena_array(w->a, const char *, more);
	if (n)
		memcpy(fresh, *list, n * sizeof(*fresh));
	*list = fresh;
	*room = more;
}

static int32_t find(const char **list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return (int32_t)i;
	return -1;
}

#define PATH_STEP " / "

int32_t supporters_unit(struct supporters_words *w, const char *path)
{
	if (!path || !path[0])
		return -1;
	int32_t at = -1, parent = -1;
	/* Every part of the path is a unit: "A", "A / B", "A / B / C". */
	for (const char *end = path; end; ) {
		const char *step = strstr(end, PATH_STEP);
		const char *part = arena_str(w->a, slice_bytes(path, step ? (size_t)(step - path) : strlen(path)));
		at = find(w->units, w->units_n, part);
		if (at < 0) {
			size_t room = w->units_room;
			grow(w, &w->units, w->units_n, &w->units_room);
			if (w->units_room != room) {
				int32_t *more = arena_array(w->a, int32_t, w->units_room);
				if (w->units_n)
					memcpy(more, w->parent, w->units_n * sizeof(*more));
				w->parent = more;
			}
			at = (int32_t)w->units_n++;
			w->units[at] = part;
			w->parent[at] = parent;
		}
		parent = at;
		end = step ? step + strlen(PATH_STEP) : NULL;
	}
	return at;
}

int32_t supporters_profession(struct supporters_words *w, const char *name)
{
	if (!name || !name[0])
		return 0;
	int32_t at = find(w->professions, w->professions_n, name);
	if (at < 0) {
		grow(w, &w->professions, w->professions_n, &w->professions_room);
		at = (int32_t)w->professions_n++;
		w->professions[at] = name;
	}
	return at + 1;
}

int32_t supporters_level(const char *name)
{
	int32_t n = 0;
	for (const char *p = name ? name : ""; *p && n < 100; p++)
		if (*p >= '0' && *p <= '9')
			n = n * 10 + (*p - '0');
	return n > 0 && n < 100 ? n : 0;
}

uint32_t supporters_languages(const char *codes)
{
	uint32_t bits = 0;
	struct slice rest = slice_of(codes), part;
	while (slice_cut(&rest, ' ', &part)) {
		enum lang lang;
		if (lang_from(part, &lang) == RES_OK)
			bits |= UINT32_C(1) << lang;
	}
	return bits;
}

void supporters_tree(const struct supporters_words *w, const int32_t **parent_r, size_t *n_r)
{
	*parent_r = w->parent;
	*n_r = w->units_n;
}
