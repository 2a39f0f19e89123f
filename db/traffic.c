#include "db/traffic.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

/* Entries that a domain may be in, one behind the other. */
#define PROBES 8

/* A name that no domain has; its entry, behind the others, is never given
 * away. */
#define ENTRIES (TRAFFIC_DOMAINS + 1)

/* A line of the file has at most a domain and three numbers. */
#define FILE_BYTES (ENTRIES * TRAFFIC_HOURS * 512L)

#define HOUR_S 3600

struct hour {
	uint32_t passed;
	uint32_t bounced;
};

struct entry {
	char domain[LIMIT_DOMAIN_BYTES + 1]; /* "": free */
	int64_t last;                        /* the newest hour counted */
	struct hour hours[TRAFFIC_HOURS];    /* by hour modulo */
};

struct traffic {
	pthread_mutex_t lock;
	bool changed; /* since it was saved or loaded */
	struct entry entries[ENTRIES];
};

struct traffic *
traffic_new(void)
{
	struct traffic *t = mem_new(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	(void)span_copy(span_of(TRAFFIC_UNPROVEN),
	    t->entries[TRAFFIC_DOMAINS].domain, sizeof(t->entries->domain));
	return t;
}

void
traffic_free(struct traffic *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* Where to look. An attacker who fills a row of entries makes us forget
 * counts of other domains in it, no more. */
static size_t
place(const char *domain)
{
	return (size_t)(hash_quick(domain) % TRAFFIC_DOMAINS);
}

static struct entry *
find(struct traffic *t, const char *domain)
{
	if (strcmp(domain, TRAFFIC_UNPROVEN) == 0)
		return &t->entries[TRAFFIC_DOMAINS];
	for (size_t i = 0; i < PROBES; i++) {
		struct entry *e =
		    &t->entries[(place(domain) + i) % TRAFFIC_DOMAINS];

		if (strcmp(e->domain, domain) == 0)
			return e;
	}
	return NULL;
}

/* The domain's entry, or the one that has been quiet longest, emptied. */
static struct entry *
need(struct traffic *t, const char *domain)
{
	struct entry *e = find(t, domain);

	if (e != NULL)
		return e;
	for (size_t i = 0; i < PROBES; i++) {
		struct entry *other =
		    &t->entries[(place(domain) + i) % TRAFFIC_DOMAINS];

		if (e == NULL || other->last < e->last)
			e = other;
	}
	*e = (struct entry){ 0 };
	(void)span_copy(span_of(domain), e->domain, sizeof(e->domain));
	return e;
}

/* Forgets the hours that have fallen out behind this one. */
static struct hour *
at_hour(struct entry *e, int64_t hour)
{
	int64_t from = e->last + 1;

	if (hour - from >= TRAFFIC_HOURS)
		from = hour - TRAFFIC_HOURS + 1;
	for (int64_t h = from; h <= hour; h++)
		e->hours[h % TRAFFIC_HOURS] = (struct hour){ 0 };
	if (hour > e->last)
		e->last = hour;
	return &e->hours[hour % TRAFFIC_HOURS];
}

static void
count(struct traffic *t, const char *domain, int64_t hour, uint32_t passed,
    uint32_t bounced)
{
	struct entry *e;
	struct hour *h;

	pthread_mutex_lock(&t->lock);
	e = need(t, domain);
	/* A clock that went back more than a day has nothing to say. */
	if (hour > e->last - TRAFFIC_HOURS) {
		h = at_hour(e, hour);
		h->passed += passed;
		h->bounced += bounced;
		t->changed = true;
	}
	pthread_mutex_unlock(&t->lock);
}

void
traffic_passed(struct traffic *t, const char *domain, int64_t now)
{
	count(t, domain, now / HOUR_S, 1, 0);
}

void
traffic_bounced(struct traffic *t, const char *domain, int64_t now)
{
	count(t, domain, now / HOUR_S, 0, 1);
}

void
traffic_uncount(struct traffic *t, const char *domain, int64_t now)
{
	struct entry *e;

	pthread_mutex_lock(&t->lock);
	e = find(t, domain);
	if (e != NULL && at_hour(e, now / HOUR_S)->bounced > 0) {
		at_hour(e, now / HOUR_S)->bounced--;
		t->changed = true;
	}
	pthread_mutex_unlock(&t->lock);
}

struct traffic_counts
traffic_of(struct traffic *t, const char *domain, int64_t now)
{
	struct traffic_counts sum = { 0 };
	struct entry *e;

	pthread_mutex_lock(&t->lock);
	e = find(t, domain);
	if (e != NULL)
		(void)at_hour(e, now / HOUR_S);
	for (size_t i = 0; e != NULL && i < TRAFFIC_HOURS; i++) {
		sum.passed += e->hours[i].passed;
		sum.bounced += e->hours[i].bounced;
	}
	pthread_mutex_unlock(&t->lock);
	return sum;
}

/* One hour of a domain, unless nothing happened in it. */
static void
put_hour(const struct entry *e, int64_t hour, struct buf *out)
{
	const struct hour *h = &e->hours[hour % TRAFFIC_HOURS];

	if (h->passed == 0 && h->bounced == 0)
		return;
	json_begin(out);
	json_text(out, "domain", span_of(e->domain));
	json_int(out, "hour", hour);
	json_int(out, "passed", h->passed);
	json_int(out, "bounced", h->bounced);
	json_end(out);
	buf_add_char(out, '\n');
}

bool
traffic_save(struct traffic *t, const char *dir, const char *name, int64_t now)
{
	int64_t hour = now / HOUR_S;
	struct error ignored;
	struct buf out;
	bool changed, ok;

	buf_init(&out, FILE_BYTES);
	pthread_mutex_lock(&t->lock);
	changed = t->changed;
	t->changed = false;
	for (size_t i = 0; changed && i < ENTRIES; i++) {
		struct entry *e = &t->entries[i];

		if (e->domain[0] == '\0')
			continue;
		(void)at_hour(e, hour);
		for (int h = TRAFFIC_HOURS - 1; h >= 0; h--)
			put_hour(e, hour - h, &out);
	}
	pthread_mutex_unlock(&t->lock);
	ok =
	    !changed || file_replace(dir, name, buf_span(&out), 0640, &ignored);
	buf_done(&out);
	if (!ok) {
		pthread_mutex_lock(&t->lock);
		t->changed = true;
		pthread_mutex_unlock(&t->lock);
	}
	return ok;
}

static void
load_line(struct traffic *t, struct span line, int64_t hour)
{
	char domain[LIMIT_DOMAIN_BYTES + 1] = "";
	int64_t at = 0, passed = 0, bounced = 0;
	struct json_reader r;
	struct error err;
	bool ok = true;

	json_open(&r, line);
	while (ok && json_next(&r)) {
		if (span_is(r.name, "domain"))
			ok = json_get(&r, domain, sizeof(domain));
		else if (span_is(r.name, "hour"))
			at = r.number;
		else if (span_is(r.name, "passed"))
			passed = r.number;
		else if (span_is(r.name, "bounced"))
			bounced = r.number;
	}
	if (ok && json_close(&r, &err) && domain[0] != '\0' && at <= hour &&
	    at > hour - TRAFFIC_HOURS && passed >= 0 && passed <= UINT32_MAX &&
	    bounced >= 0 && bounced <= UINT32_MAX)
		count(t, domain, at, (uint32_t)passed, (uint32_t)bounced);
}

void
traffic_load(struct traffic *t, const char *dir, const char *name, int64_t now)
{
	char path[4096];
	struct span rest, line;
	struct error err;
	struct buf text;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	buf_init(&text, FILE_BYTES);
	if (file_read_path(path, &text, &err)) {
		rest = buf_span(&text);
		while (span_line(&rest, &line))
			load_line(t, line, now / HOUR_S);
	}
	buf_done(&text);
	t->changed = false;
}
