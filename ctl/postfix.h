/*
 * postfix - what Postfix has to be told, beside what it says now. Reads and
 * sets only through postconf(1).
 */
#ifndef CTL_POSTFIX_H
#define CTL_POSTFIX_H

#include "ctl/command.h"

#define POSTFIX_TEXT 2048

enum setting_place {
	PLACE_MAIN,    /* main.cf: name */
	PLACE_SERVICE, /* master.cf: a whole line, name is "service/type" */
	PLACE_OPTION,  /* master.cf: -o, name is "service/type/parameter" */
};

struct setting {
	enum setting_place place;
	char name[128];
	char want[POSTFIX_TEXT];
	char have[POSTFIX_TEXT]; /* as it is now, by default or set */
	bool set;                /* it stands in the file */
};

#define SETTINGS_MAX 64

struct plan {
	const char *dir;           /* NULL: Postfix's own */
	char queue[POSTFIX_TEXT];  /* queue_directory */
	char milter[POSTFIX_TEXT]; /* our socket, as postfix_socket() */
	struct setting list[SETTINGS_MAX];
	size_t n;
};

/* Asks postconf what there is and fills in what there should be. */
bool plan_make(const struct ctl *ctl, struct plan *p,
    struct error *err) MUST_CHECK;

/* One of the plan's settings; NULL: it has none of this name. */
const struct setting *plan_find(const struct plan *p, const char *name);

/* True if this one is as it should be. */
bool setting_is_right(const struct setting *s);

/*
 * A socket's name in the one form that Postfix takes wherever its daemons
 * run: relative to the queue directory if it is in there. Both libmilter's
 * forms ("inet:port@host") and Postfix's are read.
 */
void postfix_socket(const char *queue, const char *text,
    char out[POSTFIX_TEXT]);

/* Reads one setting as it is now: have and set. */
bool postfix_read(const char *dir, struct setting *s,
    struct error *err) MUST_CHECK;

/*
 * Sets those of list[0..n) that stand in this place and for which value gives
 * a text; takes those with NULL out of the file. All at once, or none.
 */
typedef const char *setting_value_fn(const struct setting *s, bool *skip);
bool postfix_write(const char *dir, enum setting_place place,
    const struct setting *list, size_t n, setting_value_fn *value,
    struct error *err) MUST_CHECK;

/* A parameter with its variables expanded, e.g. config_directory. */
bool postfix_expanded(const char *dir, const char *name, char out[POSTFIX_TEXT],
    struct error *err) MUST_CHECK;

/*
 * All -o options of master.cf, a line each: "service/type/parameter = value",
 * with variables expanded or as they stand.
 */
bool postfix_options(const char *dir, bool expanded, struct buf *out,
    struct error *err) MUST_CHECK;

#endif
