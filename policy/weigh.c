/*
 * weigh - what the store's knowledge makes of lessons, and their commit. One
 * commit costs several syncs, whatever is in it; a backlog is committed in
 * few of them.
 */
#include "policy/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/soft.h"
#include "policy/trust.h"

/* Lessons that are weighed, and what they will write. */
struct round {
	struct lesson *lessons;
	size_t lessons_n;
	struct change *changes;
	struct finding **findings; /* which each change is of */
	size_t n;
};

static bool
is_believed(const struct finding *f)
{
	return names_is(trust_names, TRUST_BELIEVED, f->trust);
}

/* Delivered: worth a line only where there is a history that it changes. */
static bool
weigh_life(struct store *store, struct finding *f, struct error *err)
{
	struct record rec;
	bool found;

	if (!store_get(store, &f->value, &rec, &found, err))
		return false;
	if (found)
		record_done(&rec);
	else
		f->change.value.text[0] = '\0';
	(void)span_copy(span_of(SOFT_ALIVE), f->change.evidence.class,
	    sizeof(f->change.evidence.class));
	return true;
}

/* The day on which it has failed often enough makes a reason of it. */
static bool
weigh_soft(const struct conf *conf, struct store *store, struct finding *f,
    int64_t now, struct error *err)
{
	struct change *c = &f->change;
	struct soft soft;

	if (!soft_count(conf, store, &f->value, &c->evidence, now, &soft, err))
		return false;
	if (soft.repeated)
		c->value.text[0] = '\0';
	c->expires = soft_expires(conf, &soft, now);
	if (c->expires == 0 || soft.repeated)
		return true;
	f->suppress = true;
	c->op = CHANGE_ADD;
	snprintf(c->why, sizeof(c->why), "failed on %u days: %.400s", soft.days,
	    f->detail[0] != '\0' ? f->detail : f->status);
	return true;
}

/*
 * What the store's knowledge makes of a finding. The digest is that of
 * before, so that the same report again changes nothing. Whom an
 * administrator vouches for no guard holds.
 */
static bool
weigh(const struct conf *conf, struct store *store, struct finding *f,
    int64_t now, struct error *err)
{
	if (f->change.value.text[0] == '\0' || !is_believed(f) ||
	    f->source != SOURCE_BOUNCED)
		return true;
	if (f->action == DSN_DELIVERED)
		return weigh_life(store, f, err);
	if (f->soft && !weigh_soft(conf, store, f, now, err))
		return false;
	if (!names_is(proof_names, PROOF_ASSUMED, f->proof))
		f->change.guard = (struct guard){
			.least = (uint32_t)conf->storm_addresses,
			.percent = (uint32_t)conf->storm_percent,
		};
	return true;
}

static bool
is_planned(const struct finding *f)
{
	return f->change.value.text[0] != '\0';
}

/* True if weigh() asks for the history of the value. */
static bool
looks_back(const struct finding *f)
{
	return is_planned(f) && is_believed(f) && f->source == SOURCE_BOUNCED &&
	       (f->soft || f->action == DSN_DELIVERED);
}

/* True if weighing it needs what the round has not written yet. */
static bool
needs_round(const struct round *r, const struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++)
		for (size_t k = 0; looks_back(&l->findings[i]) && k < r->n; k++)
			if (strcmp(r->changes[k].value.text,
				l->findings[i].value.text) == 0)
				return true;
	return false;
}

static bool
weigh_lesson(const struct conf *conf, struct store *store, struct lesson *l,
    int64_t now, struct error *err)
{
	for (size_t i = 0; i < l->findings_n; i++) {
		struct finding *f = &l->findings[i];

		/* A flood of forged ones must not fill the disk. */
		if (names_is(trust_names, TRUST_UNVERIFIED, f->trust))
			f->change.most_a_day = (uint32_t)conf->review_per_day;
		if (!weigh(conf, store, f, now, err))
			return false;
	}
	return true;
}

static size_t
planned(const struct lesson *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->findings_n; i++)
		n += is_planned(&l->findings[i]);
	return n;
}

static void
take_lesson(struct round *r, struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++) {
		if (!is_planned(&l->findings[i]))
			continue;
		r->changes[r->n] = l->findings[i].change;
		r->findings[r->n++] = &l->findings[i];
	}
	r->lessons_n++;
}

static void
take_result(const struct change_result *r, struct finding *f)
{
	f->changed = r->changed;
	f->dropped = r->dropped;
	if (r->dropped)
		f->spared = "not kept: too many that are not proven";
	if (!r->held)
		return;
	f->suppress = false;
	f->spared = "held: too many of this domain fail";
}

static bool
write_changes(struct store *store, const struct round *r, size_t from, size_t n,
    struct error *err)
{
	struct change_result *results = mem_new(n, sizeof(*results));
	bool ok =
	    n == 0 || store_change(store, r->changes + from, n, results, err);

	for (size_t i = 0; ok && i < n; i++)
		take_result(&results[i], r->findings[from + i]);
	free(results);
	return ok;
}

/* So that it is known which lesson can't be written. */
static bool
write_singly(struct store *store, const struct round *r, size_t *done,
    struct error *err)
{
	size_t from = 0;

	for (size_t i = 0; i < r->lessons_n; i++) {
		size_t n = planned(&r->lessons[i]);

		if (!write_changes(store, r, from, n, err))
			return false;
		from += n;
		(*done)++;
	}
	return true;
}

static bool
write_round(struct store *store, struct round *r, size_t *done,
    struct error *err)
{
	bool ok = write_changes(store, r, 0, r->n, err);

	if (ok)
		*done += r->lessons_n;
	else if (r->lessons_n > 1 &&
		 (err->code == ERROR_INVALID || err->code == ERROR_LIMIT))
		ok = write_singly(store, r, done, err);
	r->lessons += r->lessons_n;
	r->lessons_n = r->n = 0;
	return ok;
}

bool
engine_commit(const struct conf *conf, struct store *store,
    struct lesson *lessons, size_t n, int64_t now, size_t *done,
    struct error *err)
{
	struct round r = { .lessons = lessons };
	size_t findings_n = 0;
	struct error why;
	bool ok = true, weighed = true;

	for (size_t i = 0; i < n; i++)
		findings_n += lessons[i].findings_n;
	r.changes = mem_new(findings_n, sizeof(*r.changes));
	r.findings = mem_new(findings_n, sizeof(r.findings[0]));
	*done = 0;
	for (size_t i = 0; ok && weighed && i < n; i++) {
		if (needs_round(&r, &lessons[i]))
			ok = write_round(store, &r, done, err);
		weighed =
		    ok && weigh_lesson(conf, store, &lessons[i], now, &why);
		if (weighed)
			take_lesson(&r, &lessons[i]);
	}
	ok = ok && write_round(store, &r, done, err);
	if (ok && !weighed)
		*err = why;
	free(r.findings);
	free(r.changes);
	return ok && weighed;
}

bool
engine_learn(const struct conf *conf, struct store *store, struct spf *spf,
    const struct arrival *arrival, struct span mail, int64_t now,
    struct lesson *out, struct error *err)
{
	size_t done;
	bool ok;

	engine_explain(conf, spf, arrival, mail, now, out);
	ok = engine_commit(conf, store, out, 1, now, &done, err);
	if (!ok)
		lesson_done(out);
	return ok;
}
