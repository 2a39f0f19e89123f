#include "policy/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/check.h"
#include "policy/gateway.h"

/* Domains that nothing is known of, nor of those above: by hash, the last
 * one that came. Most of a campaign goes to few domains. */
#define QUIET_DOMAINS 16384

struct screen {
	struct store *store;
	int64_t now;
	char name[LIMIT_STREAM_TEXT]; /* for check */
	struct check check;
	char (*quiet)[DOMAIN_TEXT];
};

/* What is told of the value that is being looked at. */
struct asking {
	const struct value *asked;
	screen_fn *fn;
	void *arg;
	bool blocked;
	bool go_on;
};

struct screen *
screen_new(const struct conf *conf, struct store *store, const char *stream,
    int64_t now)
{
	struct screen *s = mem_new(1, sizeof(*s));

	s->store = store;
	s->now = now;
	(void)span_copy(span_of(stream), s->name, sizeof(s->name));
	check_init(conf, s->name, &s->check);
	s->quiet = mem_new(QUIET_DOMAINS, sizeof(*s->quiet));
	return s;
}

void
screen_free(struct screen *s)
{
	if (s == NULL)
		return;
	free(s->quiet);
	free(s);
}

static bool
tell_row(const struct reason_row *row, void *arg)
{
	struct asking *a = arg;

	a->go_on = a->fn(a->asked, row, a->arg);
	return false;
}

static const char *
domain_of(const struct value *v)
{
	return strrchr(v->text, '@') + 1;
}

static char *
quiet_place(const struct screen *s, const char *domain)
{
	return s->quiet[hash_quick(domain) % QUIET_DOMAINS];
}

/* The keys of one batch that have to be looked up. */
struct keys_wanted {
	uint8_t *list; /* hashes */
	size_t n, room;
};

static void
add_key(const struct screen *s, const struct value *key, struct keys_wanted *k)
{
	if (k->n == k->room) {
		k->room = k->room * 2 + SCREEN_BATCH;
		k->list = mem_resize(k->list, k->room, VALUE_HASH_BYTES);
	}
	store_hash(s->store, key, k->list + k->n++ * VALUE_HASH_BYTES);
}

/* The phones that mail to an address of a gateway reaches. */
static void
add_numbers(const struct screen *s, const struct value *v,
    struct keys_wanted *k)
{
	struct value numbers[GATEWAY_NUMBERS];
	struct error ignored;
	struct addr a;
	size_t n = 0;

	if (addr_parse(span_of(v->text), &a, &ignored))
		n = gateway_numbers(s->check.conf, &a, numbers);
	for (size_t i = 0; i < n; i++)
		add_key(s, &numbers[i], k);
}

/* An address and, unless that is known to be quiet, its domain and parents. */
static void
add_keys(const struct screen *s, const struct value *v, struct keys_wanted *k)
{
	const char *domain = domain_of(v);
	struct addr a = { .domain = domain };
	struct value_walk walk;
	struct value key;

	add_key(s, v, k);
	if (conf_has_text(&s->check.conf->sms_gateways, domain))
		add_numbers(s, v, k);
	if (strcmp(quiet_place(s, domain), domain) == 0)
		return;
	value_walk_init(&walk, &a);
	/* The first one is the address itself. */
	(void)value_walk_next(&walk, &key);
	while (value_walk_next(&walk, &key))
		add_key(s, &key, k);
}

/*
 * From which key on the keys of each value are: first[n] is the end. A value
 * that is no address is its own key.
 */
static void
collect(const struct screen *s, const struct value *values, size_t n,
    struct keys_wanted *k, size_t *first)
{
	for (size_t i = 0; i < n; i++) {
		first[i] = k->n;
		if (values[i].kind == KIND_EMAIL &&
		    !value_is_hidden(&values[i], NULL))
			add_keys(s, &values[i], k);
		else
			add_key(s, &values[i], k);
	}
	first[n] = k->n;
}

/* One value; known[0..n) says which of its keys have a record. */
static bool
tell(struct screen *s, struct asking *a, const bool *known, size_t n,
    struct error *err)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || known[i];
	if (n > 1 && memchr(known + 1, 1, n - 1) == NULL) {
		const char *domain = domain_of(a->asked);

		(void)span_copy(span_of(domain), quiet_place(s, domain),
		    DOMAIN_TEXT);
	}
	if (any && !check_value(&s->check, s->store, a->asked, s->now, tell_row,
		       a, &a->blocked, err)) {
		error_prefix(err, "not known, so don't send: %.80s",
		    a->asked->text);
		return false;
	}
	if (!a->blocked)
		a->go_on = a->fn(a->asked, NULL, a->arg);
	return true;
}

bool
screen_values(struct screen *s, const struct value *values, size_t n,
    screen_fn *fn, void *arg, struct error *err)
{
	size_t *first = mem_new(n + 1, sizeof(*first));
	struct asking a = { .go_on = true };
	struct keys_wanted k = { 0 };
	bool *known, ok;

	collect(s, values, n, &k, first);
	known = mem_new(k.n, sizeof(*known));
	ok = store_known(s->store, k.list, k.n, known, err);
	if (!ok)
		error_prefix(err, "not known, so don't send");
	for (size_t i = 0; ok && a.go_on && i < n; i++) {
		a = (struct asking){ .asked = &values[i],
			.fn = fn,
			.arg = arg,
			.go_on = true };
		ok =
		    tell(s, &a, known + first[i], first[i + 1] - first[i], err);
	}
	free(known);
	free(first);
	free(k.list);
	return ok;
}
