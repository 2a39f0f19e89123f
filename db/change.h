/*
 * change - what somebody wants done to one value or contact. The writer turns
 * it into events: which adds a removal covers is known only under its lock.
 */
#ifndef DB_CHANGE_H
#define DB_CHANGE_H

#include "db/event.h"

enum change_op {
	CHANGE_ADD,    /* put a reason */
	CHANGE_REMOVE, /* lift reasons */
	CHANGE_REPORT, /* keep a report in the history, suppress nobody */
	CHANGE_EXPIRE, /* lift the reasons whose time is over */
	/* Of the contact that value is (change_contact()). ERROR_INVALID: it
	 * is not there. */
	CHANGE_CREATE,  /* make it; ERROR_INVALID: it is there already */
	CHANGE_RENAME,  /* give it another name */
	CHANGE_BLOCK,   /* do not contact: a reason on each of its values,
			   and on those that will be linked */
	CHANGE_UNBLOCK, /* lift what blocks have put, source and stream as
			   with CHANGE_REMOVE */
	CHANGE_FORGET,  /* take it away with its links; ERROR_INVALID: it is
			   blocked */
	/* Of a value and the contact that .contact names. */
	CHANGE_LINK,
	CHANGE_UNLINK, /* what a block has put on the value stays */
};

/* The report of the removal that CHANGE_EXPIRE makes: nobody took the value
 * off the list, time did. */
#define REPORT_EXPIRY "expiry"

/* The report of what an import puts on the list; its ref is the batch. */
#define REPORT_IMPORT "import"

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
	/* Whose reason it is; "": no contact's. CHANGE_REMOVE: "" = every
	 * reason, but what a contact's block has put only with force. */
	char contact[LIMIT_CONTACT_TEXT];
	int64_t began;   /* CHANGE_REMOVE: only reasons that
			    began then; 0: whenever */
	int64_t since;   /* CHANGE_ADD: when it began; 0: now */
	int64_t expires; /* absolute; 0: never */
	uint32_t count;  /* CHANGE_ADD: how often the reason came already; 0:
			    once, now */
	bool if_new;     /* CHANGE_ADD: nothing is done where the reason stands
			    already and holds as long */
	char by[LIMIT_ACTOR_TEXT];
	char why[LIMIT_WHY_TEXT];
	bool force; /* CHANGE_REMOVE: lift abuse and lead reasons, too */
	struct guard guard;       /* CHANGE_ADD of an address */
	uint32_t most_a_day;      /* CHANGE_REPORT: with so many of these kept
				     in a day it is dropped; 0: it never is */
	struct evidence evidence; /* .ref not empty: if an event of this value
				     has the same ref and op (or was held, or
				     the change is one of a contact), nothing
				     is done */
};

/* The texts of a change by their names on the wire. */
#define CHANGE_TEXTS 14
struct change_text {
	const char *name;
	size_t offset;
	size_t size;
};
extern const struct change_text change_texts[CHANGE_TEXTS];

/* Is op one of the first five of contacts, whose value is the contact? */
bool change_is_of_contact(enum change_op op);

/* Is it an id that a contact may have: 1 to 39 letters, digits and "._:-",
 * of ASCII, as other programs name people? */
bool change_contact_id(struct span id, struct error *err) MUST_CHECK;

/* The value that stands for a contact; name NULL: as the id. */
void change_contact(struct value *out, const char *id, const char *name);

/*
 * Makes each text UTF-8, "?" for a byte that is none: what the journal
 * writes must be what it reads, in the same room. ERROR_INVALID: the value
 * itself has such a byte, an add or block has no source, or a contact's id or
 * name is none.
 */
bool change_clean(struct change *c, struct error *err) MUST_CHECK;

struct change_result {
	bool changed;    /* an event was written */
	bool again;      /* it was not, because what has the same evidence.ref
			    did so before */
	bool kept;       /* CHANGE_REMOVE: abuse or lead reasons stayed,
			    because force was not given */
	bool held;       /* CHANGE_ADD: the guard made it a report */
	bool dropped;    /* CHANGE_REPORT: most_a_day have been kept */
	bool contact;    /* CHANGE_REMOVE: what a contact's block put stayed,
			    because force was not given; CHANGE_UNLINK: so
			    does what this contact's block put */
	uint32_t lifted; /* CHANGE_REMOVE, CHANGE_EXPIRE, CHANGE_UNBLOCK:
			    reasons lifted */
	uint32_t put;    /* CHANGE_BLOCK, CHANGE_LINK: reasons put by blocks */
};

#endif
