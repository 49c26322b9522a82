/* Which posts of this hour are known, found by a keyed hash: senders choose their numbers themselves. */
#include <stdlib.h>

#include "haven/answers/answers_inside.h"

/* Where it is, or belongs: 0, or one more than its place among the posts. There is room. */
static uint32_t *find(const struct answers *r, const struct id *post)
{
	size_t i = limit_hash(r->known_key, post->b, sizeof(post->b)) & (r->finder_room - 1);
	while (r->finder[i] && !id_eq(&r->posts[r->finder[i] - 1].id, post))
		i = (i + 1) & (r->finder_room - 1);
	return &r->finder[i];
}

struct answers_known *answers_known_of(struct answers *r, const struct id *post)
{
	uint32_t at = r->posts_n ? *find(r, post) : 0;
	return at ? &r->posts[at - 1] : NULL;
}

/* For twice as many as there can be posts. */
static void find_anew(struct answers *r)
{
	free(r->finder);
	r->finder_room = r->posts_room * 2;
	r->finder = must_alloc(r->finder_room, sizeof(*r->finder));
	for (size_t i = 0; i < r->posts_n; i++)
		*find(r, &r->posts[i].id) = (uint32_t)i + 1;
}

void answers_know(struct answers *r, const struct id *post, enum answers_state state)
{
	struct answers_known *known = answers_known_of(r, post);
	if (!known) {
		if (r->posts_n == r->posts_room) {
			r->posts = must_realloc(r->posts, r->posts_room = r->posts_room ? r->posts_room * 2 : 64,
						sizeof(*r->posts));
			find_anew(r);
		}
		known = &r->posts[r->posts_n++];
		*find(r, post) = (uint32_t)r->posts_n;
	}
	*known = (struct answers_known){ *post, state, r->opened_n };
}

void answers_forget_posts(struct answers *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->posts_n; i++) {
		const struct answers_known *k = &r->posts[i];
		if (k->state == ANSWERS_HELD || (k->state == ANSWERS_FAILED && k->turn == r->opened_n))
			r->posts[n++] = *k;
	}
	r->posts_n = n;
	if (r->posts_room)
		find_anew(r);
}
