/*
 * change - what somebody wants done to one value. The writer turns it into
 * events: which adds a removal covers is known only under its lock.
 */
#ifndef DB_CHANGE_H
#define DB_CHANGE_H

#include "db/event.h"

enum change_op {
	CHANGE_ADD,    /* put a reason */
	CHANGE_REMOVE, /* lift reasons */
	CHANGE_REPORT, /* keep a report in the history, suppress nobody */
	CHANGE_EXPIRE, /* lift the reasons whose time is over */
};

/* The report of the removal that CHANGE_EXPIRE makes: nobody took the value
 * off the list, time did. */
#define REPORT_EXPIRY "expiry"

/*
 * Against a receiver that fails (December 2020: Gmail told of living users
 * that they don't exist): when more than `least` addresses of one domain
 * have been suppressed under a guard in a day, and these are more than
 * `percent` of those that were sent mail (store_passed()), a further add is
 * held: kept as a report whose trust is GUARD_HELD. Zero: no guard.
 */
#define GUARD_HELD "held"

struct guard {
	uint32_t least;
	uint32_t percent;
};

struct change {
	enum change_op op;
	struct value value;
	enum source source;             /* CHANGE_REMOVE: 0 = every source */
	char stream[LIMIT_STREAM_TEXT]; /* CHANGE_REMOVE: "" = every stream */
	int64_t began;                  /* CHANGE_REMOVE: only reasons that
					   began then; 0: whenever */
	int64_t expires;                /* absolute; 0: never */
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
	bool force; /* CHANGE_REMOVE: lift abuse and lead reasons, too */
	struct guard guard;       /* CHANGE_ADD of an address */
	uint32_t most_a_day;      /* CHANGE_REPORT: with so many of these kept
				     in a day it is dropped; 0: it never is */
	struct evidence evidence; /* .ref not empty: if an event of this value
				     has the same ref and op (or was held),
				     nothing is done */
};

/* The texts of a change by their names on the wire. */
#define CHANGE_TEXTS 13
struct change_text {
	const char *name;
	size_t offset;
	size_t size;
};
extern const struct change_text change_texts[CHANGE_TEXTS];

/*
 * Makes each text UTF-8, "?" for a byte that is none: what the journal
 * writes must be what it reads, in the same room. ERROR_INVALID: the value
 * itself has such a byte, or an add has no source.
 */
bool change_clean(struct change *c, struct error *err) MUST_CHECK;

struct change_result {
	bool changed;    /* an event was written */
	bool kept;       /* CHANGE_REMOVE: abuse or lead reasons stayed,
			    because force was not given */
	bool held;       /* CHANGE_ADD: the guard made it a report */
	bool dropped;    /* CHANGE_REPORT: most_a_day have been kept */
	uint32_t lifted; /* CHANGE_REMOVE, CHANGE_EXPIRE: reasons lifted */
};

#endif
