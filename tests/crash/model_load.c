/*
 * model_load - a load of values, and whether it is whole.
 */
#include "tests/crash/model.h"

#include <stdio.h>

#include "db/load.h"
#include "db/store_impl.h"

/* How many of the first shards. */
static const size_t wanted[] = { 1000, 400, 3 };

static struct change
add_of(int number)
{
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_API,
		.stream = "*",
		.by = "crash",
		.if_new = true };
	char text[40];

	snprintf(text, sizeof(text), "l%d@example.com", number);
	value_of(&c.value, KIND_EMAIL, text);
	return c;
}

void
model_choose(struct model *m, const struct store *st)
{
	size_t have[ARRAY_LEN(wanted)] = { 0 };

	for (int number = 0, n = 0; n < LOAD_VALUES; number++) {
		struct change c = add_of(number);
		uint8_t hash[VALUE_HASH_BYTES];
		size_t shard;

		store_hash(st, &c.value, hash);
		shard = shard_of(hash);
		if (shard >= ARRAY_LEN(wanted) || have[shard] == wanted[shard])
			continue;
		have[shard]++;
		m->load[n].number = number;
		m->load[n].shard = (unsigned char)shard;
		n++;
	}
}

static void
tell(uint64_t tag, const struct change_result *result, void *arg)
{
	struct model *m = arg;

	(void)result;
	m->load[tag].told = 1;
}

bool
model_load(struct model *m, struct store *st, struct error *err)
{
	struct load *l = load_new(st, false);
	bool ok = true;

	m->loaded = STEP_OPEN;
	for (int i = 0; ok && i < LOAD_VALUES; i++) {
		struct change c = add_of(m->load[i].number);

		ok = load_add(l, &c, (uint64_t)i, err);
	}
	ok = ok && load_commit(l, tell, m, err);
	load_free(l);
	if (ok)
		m->loaded = STEP_ACKED;
	return ok;
}

/* False: it can't be told. */
static bool
is_there(struct store *st, int number, bool *found)
{
	struct change c = add_of(number);
	struct record rec;
	struct error err;

	if (!store_get(st, &c.value, &rec, found, &err)) {
		fprintf(stderr, "%s: %s\n", c.value.text, err.text);
		return false;
	}
	if (*found)
		record_done(&rec);
	return true;
}

bool
model_is_loaded(const struct model *m, struct store *st)
{
	size_t there[ARRAY_LEN(wanted)] = { 0 };
	bool found;

	for (int i = 0; m->loaded != STEP_NEVER && i < LOAD_VALUES; i++) {
		if (!is_there(st, m->load[i].number, &found))
			return false;
		there[m->load[i].shard] += found;
		if (found || (!m->load[i].told && m->loaded != STEP_ACKED))
			continue;
		fprintf(stderr, "l%d: told of, and lost\n", m->load[i].number);
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (there[i] != 0 && there[i] != wanted[i]) {
			fprintf(stderr, "shard %zu: %zu of %zu\n", i, there[i],
			    wanted[i]);
			return false;
		}
	return true;
}
