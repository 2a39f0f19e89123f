/*
 * model - the changes that a crash test makes, and what must be in the list
 * afterwards.
 *
 * Step i adds the values sI-a and sI-b, makes the contact kI of sI-c and
 * blocks it, and removes s{I-1}-b, in one batch: all of it or nothing.
 */
#ifndef TESTS_CRASH_MODEL_H
#define TESTS_CRASH_MODEL_H

#include "db/store.h"

#define STEPS_MAX 32
#define LOAD_VALUES 1403

enum step_state {
	STEP_NEVER, /* not tried */
	STEP_OPEN,  /* tried, and no answer, or a refusal */
	STEP_ACKED  /* answered: done */
};

/* In memory that the processes share. */
struct model {
	volatile unsigned char steps[STEPS_MAX];
	volatile unsigned char erased[STEPS_MAX]; /* sI-a; a step_state, too */
	volatile unsigned char hashed;            /* all; a step_state, too */
	volatile unsigned char loaded;            /* a step_state, too */
	struct {
		int number; /* the value is lNUMBER@example.com */
		unsigned char shard;
		volatile unsigned char told; /* that it is durable */
	} load[LOAD_VALUES];
	volatile long calls; /* when nothing went wrong */
};

/* Makes step i. False: err. */
bool model_step(struct model *m, struct store *st, int i, struct error *err);

/* Erases the value sI-a. False: err. */
bool model_erase(struct model *m, struct store *st, int i, struct error *err);

/* Chooses the values of a load: of one shard so many that it is made anew for
 * them, of one more than it has room for, a few of a third. */
void model_choose(struct model *m, const struct store *st);

/* Loads them, and notes in m which are told of. False: err. */
bool model_load(struct model *m, struct store *st, struct error *err);

/* Is what is told of there, and of each shard's all or nothing? */
bool model_is_loaded(const struct model *m, struct store *st);

/* Opens dir as the daemon does. */
struct store *model_open(const char *dir, bool create, struct error *err);

/* Takes the text of all values out. False: err. */
bool model_hash(struct model *m, struct store *st, struct error *err);

/* Was that done, if it is acknowledged; can it be done now, if it was
 * tried? */
bool model_is_hashed(struct model *m, struct store *st);

/*
 * Was each erasure done whole, or not at all: then no file of the store has
 * the text, or the value is known as one that may have it. And is what is
 * acknowledged done?
 */
bool model_is_erased(const struct model *m, struct store *st);

/* Is what is acknowledged there, all or nothing of each step, and the index
 * the fold of the journal? False: what is wrong is told on standard error. */
bool model_holds(const struct model *m, struct store *st);

#endif
