#include "tests/crash/model.h"

#include <stdio.h>

#include "db/contact.h"
#include "db/privacy.h"
#include "tests/crash/tree.h"

static struct change
change_of(enum change_op op, int step, char which)
{
	struct change c = { .op = op,
		.source = SOURCE_USER,
		.by = "crash",
		.stream = "*" };
	char text[40];

	snprintf(text, sizeof(text), "s%d-%c@example.com", step, which);
	value_of(&c.value, KIND_EMAIL, text);
	return c;
}

static void
contact_id(int step, char out[LIMIT_CONTACT_TEXT])
{
	snprintf(out, LIMIT_CONTACT_TEXT, "k%d", step);
}

/* The same for a value of the step's contact, or for the contact itself. */
static struct change
contact_change(enum change_op op, int step, char which)
{
	struct change c = change_of(op, step, which);
	char id[LIMIT_CONTACT_TEXT];

	contact_id(step, id);
	if (which == '\0')
		change_contact(&c.value, id, NULL);
	else
		(void)span_copy(span_of(id), c.contact, sizeof(c.contact));
	return c;
}

struct store *
model_open(const char *dir, bool create, struct error *err)
{
	const struct store_options options = { .mode = STORE_WRITE,
		.create = create };

	return store_open(dir, &options, err);
}

bool
model_step(struct model *m, struct store *st, int i, struct error *err)
{
	struct change changes[6];
	struct change_result results[6];

	changes[0] = change_of(CHANGE_ADD, i, 'a');
	changes[1] = change_of(CHANGE_ADD, i, 'b');
	changes[2] = contact_change(CHANGE_CREATE, i, '\0');
	changes[3] = contact_change(CHANGE_LINK, i, 'c');
	changes[4] = contact_change(CHANGE_BLOCK, i, '\0');
	changes[5] = change_of(CHANGE_REMOVE, i - 1, 'b');
	m->steps[i] = STEP_OPEN;
	if (!store_change(st, changes, i > 0 ? 6 : 5, results, err))
		return false;
	m->steps[i] = STEP_ACKED;
	return true;
}

bool
model_erase(struct model *m, struct store *st, int i, struct error *err)
{
	struct erase_order order = { .by = "crash" };
	struct erasure done;

	order.value = change_of(CHANGE_ADD, i, 'a').value;
	m->erased[i] = STEP_OPEN;
	if (!store_erase(st, &order, NULL, NULL, &done, err))
		return false;
	m->erased[i] = STEP_ACKED;
	return true;
}

bool
model_hash(struct model *m, struct store *st, struct error *err)
{
	struct erasure done;

	m->hashed = STEP_OPEN;
	if (!store_hash_all(st, NULL, NULL, &done, err))
		return false;
	m->hashed = STEP_ACKED;
	return true;
}

/* 1: suppressed, 0: not, -1: can't tell. */
static int
listed(struct store *st, int step, char which, struct error *err)
{
	struct change c = change_of(CHANGE_ADD, step, which);
	struct record rec;
	bool found;
	int n;

	if (!store_get(st, &c.value, &rec, &found, err))
		return -1;
	if (!found)
		return 0;
	n = record_live(&rec, 0, NULL, 0) > 0;
	record_done(&rec);
	return n;
}

static int
blocked(struct store *st, int step, struct error *err)
{
	char id[LIMIT_CONTACT_TEXT];
	struct contact c;
	bool found;

	contact_id(step, id);
	if (!contact_get(st, id, &c, &found, err))
		return -1;
	return found && c.blocked != 0;
}

static bool
wrong(int step, const char *what)
{
	fprintf(stderr, "step %d: %s\n", step, what);
	return false;
}

static bool
step_holds(const struct model *m, struct store *st, int i)
{
	struct error err = { 0 };
	int a = listed(st, i, 'a', &err), b = listed(st, i, 'b', &err),
	    c = listed(st, i, 'c', &err), k = blocked(st, i, &err);
	bool next = i + 1 < STEPS_MAX && listed(st, i + 1, 'a', &err) == 1;

	if (a < 0 || b < 0 || c < 0 || k < 0)
		return wrong(i, err.text);
	if (m->steps[i] == STEP_ACKED && a == 0)
		return wrong(i, "acknowledged, and not there");
	if (m->steps[i] == STEP_NEVER && a == 1)
		return wrong(i, "there, and never done");
	if (a != c || a != k || b != (a == 1 && !next)) {
		char text[120];

		snprintf(text, sizeof(text),
		    "half done: a %d, b %d, c %d, contact %d, the next %d", a,
		    b, c, k, next);
		return wrong(i, text);
	}
	return true;
}

static bool
is_erased(const struct model *m, struct store *st, int i)
{
	struct change c = change_of(CHANGE_ADD, i, 'a');
	bool there = tree_mentions(store_dir(st), c.value.text);
	struct error err = { 0 };
	struct record rec = { 0 };
	bool found, erased;

	if (!store_get(st, &c.value, &rec, &found, &err))
		return wrong(i, err.text);
	erased = rec.erased;
	record_done(&rec);
	if (m->erased[i] == STEP_ACKED && (there || !erased))
		return wrong(i, "its erasure is acknowledged, and not done");
	if (m->erased[i] == STEP_OPEN && there == erased)
		return wrong(i, "its erasure is half done");
	return true;
}

bool
model_is_erased(const struct model *m, struct store *st)
{
	for (int i = 0; i < STEPS_MAX; i++)
		if (m->erased[i] != STEP_NEVER && !is_erased(m, st, i))
			return false;
	return true;
}

bool
model_is_hashed(struct model *m, struct store *st)
{
	struct error err = { 0 };

	if (m->hashed == STEP_NEVER)
		return true;
	if (m->hashed != STEP_ACKED && !model_hash(m, st, &err))
		return wrong(0, err.text);
	return !tree_mentions(store_dir(st), "@example.com") ||
	       wrong(0, "there is text in a store of hashes");
}

static void
tell(const char *line, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

struct numbers {
	uint64_t lsn;
	bool ok;
};

/* I4: neither lines nor our own sequence have holes. */
static bool
check_number(const struct event *ev, void *arg)
{
	struct numbers *n = arg;

	n->lsn++;
	n->ok = n->ok && ev->lsn == n->lsn && ev->dot.seq == n->lsn;
	return true;
}

bool
model_holds(const struct model *m, struct store *st)
{
	struct numbers numbers = { .ok = true };
	struct store_totals totals;
	struct error err = { 0 };

	for (int i = 0; i < STEPS_MAX; i++)
		if (!step_holds(m, st, i))
			return false;
	if (!store_verify(st, tell, NULL, &totals, &err) ||
	    !store_walk_events(st, check_number, &numbers, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	if (!numbers.ok)
		fprintf(stderr, "the numbers of the events have a hole\n");
	return totals.faults == 0 && numbers.ok;
}
