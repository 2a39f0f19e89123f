#include "web/repeat.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* The oldest makes room for the newest: places are used in turn. */
struct place {
	uint8_t key[HASH_SHORT_BYTES];  /* of actor and Idempotency-Key */
	uint8_t what[HASH_SHORT_BYTES]; /* of the request */
	int64_t at;                     /* 0: free */
	bool done;                      /* the answer is there */
	int status;
	struct span body; /* heap */
};

struct repeats {
	pthread_mutex_t lock;
	struct place *places; /* LIMIT_WEB_REPEATS of them */
	size_t next;
	size_t bytes;
};

struct repeats *
repeats_new(void)
{
	struct repeats *all = mem_new(1, sizeof(*all));

	pthread_mutex_init(&all->lock, NULL);
	all->places = mem_new(LIMIT_WEB_REPEATS, sizeof(*all->places));
	return all;
}

static void
forget(struct repeats *all, struct place *p)
{
	all->bytes -= p->body.len;
	free((char *)p->body.p);
	*p = (struct place){ 0 };
}

void
repeats_free(struct repeats *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < LIMIT_WEB_REPEATS; i++)
		forget(all, &all->places[i]);
	free(all->places);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static void
key_of(const struct request *r, uint8_t out[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, NULL, HASH_SHORT_BYTES);
	hash_add_text(&h, r->actor);
	hash_add_text(&h, r->idempotency);
	hash_end(&h, out);
}

static void
request_hash(const struct request *r, uint8_t out[HASH_SHORT_BYTES])
{
	const struct span parts[] = { span_of(r->method), r->path, r->query,
		r->body };
	struct hash h;

	hash_begin(&h, NULL, HASH_SHORT_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		hash_add(&h, (struct span){ (const char *)&parts[i].len,
				 sizeof(parts[i].len) });
		hash_add(&h, parts[i]);
	}
	hash_end(&h, out);
}

void
repeat_mark(const struct request *r, struct evidence *e)
{
	uint8_t both[2][HASH_SHORT_BYTES], mark[HASH_SHORT_BYTES];

	if (r->idempotency[0] == '\0')
		return;
	key_of(r, both[0]);
	request_hash(r, both[1]);
	hash_once(NULL, (struct span){ (const char *)both, sizeof(both) }, mark,
	    sizeof(mark));
	hash_hex(mark, sizeof(mark), e->ref);
	(void)span_copy(span_of("request"), e->report, sizeof(e->report));
}

/* NULL: it is the first of its kind. Lock held. */
static struct place *
find(struct repeats *all, const uint8_t key[HASH_SHORT_BYTES], int64_t now)
{
	for (size_t i = 0; i < LIMIT_WEB_REPEATS; i++) {
		struct place *p = &all->places[i];

		if (p->at == 0 || memcmp(p->key, key, sizeof(p->key)) != 0)
			continue;
		if (!p->done || now - p->at < LIMIT_WEB_REPEAT_S)
			return p;
		forget(all, p);
	}
	return NULL;
}

/* Lock held. */
static struct place *
take_place(struct repeats *all)
{
	struct place *p = &all->places[all->next];

	all->next = (all->next + 1) % LIMIT_WEB_REPEATS;
	forget(all, p);
	return p;
}

/* What a request that comes again gets. Lock held. */
static void
answer_again(const struct place *p, const uint8_t what[HASH_SHORT_BYTES],
    struct answer *a)
{
	if (memcmp(p->what, what, sizeof(p->what)) != 0) {
		answer_problem(a, 422,
		    "Idempotency-Key: was another request's; each has its "
		    "own.");
	} else if (!p->done) {
		answer_problem(a, 409,
		    "The same request is being answered: ask again later.");
		a->retry_after_s = 1;
	} else {
		a->status = p->status;
		buf_add_span(&a->body, p->body);
	}
}

/* Lock held. */
static void
keep(struct repeats *all, const uint8_t key[HASH_SHORT_BYTES], int64_t now,
    const struct answer *a)
{
	struct place *p = find(all, key, now);
	struct span body = buf_span(&a->body);

	/* Many came meanwhile. */
	if (p == NULL)
		return;
	/* What failed has changed nothing, and may be tried again. */
	if (a->status >= 300) {
		forget(all, p);
		return;
	}
	p->done = true;
	p->status = a->status;
	if (body.len > 0)
		p->body = (struct span){ mem_dup(body.p, body.len), body.len };
	all->bytes += body.len;
	for (size_t i = 0; i < LIMIT_WEB_REPEATS &&
			   all->bytes > (size_t)LIMIT_WEB_REPEATS_BYTES;
	     i++) {
		struct place *old =
		    &all->places[(all->next + i) % LIMIT_WEB_REPEATS];

		if (old->done && old != p)
			forget(all, old);
	}
}

void
repeat_run(const struct route *route, const struct request *r, struct answer *a)
{
	struct repeats *all = r->web->repeats;
	uint8_t key[HASH_SHORT_BYTES], what[HASH_SHORT_BYTES];
	struct place *p;

	if (r->idempotency[0] == '\0' || route->scope < ACCESS_WRITE) {
		route->run(r, a);
		return;
	}
	if (strlen(r->idempotency) > LIMIT_WEB_IDEMPOTENCY) {
		answer_problem(a, 400, "Idempotency-Key: at most 255 bytes.");
		return;
	}
	key_of(r, key);
	request_hash(r, what);
	pthread_mutex_lock(&all->lock);
	p = find(all, key, r->now);
	if (p != NULL) {
		answer_again(p, what, a);
		pthread_mutex_unlock(&all->lock);
		return;
	}
	p = take_place(all);
	p->at = r->now;
	memcpy(p->key, key, sizeof(key));
	memcpy(p->what, what, sizeof(what));
	pthread_mutex_unlock(&all->lock);
	route->run(r, a);
	pthread_mutex_lock(&all->lock);
	keep(all, key, r->now, a);
	pthread_mutex_unlock(&all->lock);
}
