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

#define SETTINGS_MAX 32

struct plan {
	const char *dir;           /* NULL: Postfix's own */
	char milter[POSTFIX_TEXT]; /* our socket as Postfix is told it */
	struct setting list[SETTINGS_MAX];
	size_t n;
};

/* Asks postconf what there is and fills in what there should be. */
bool plan_make(const struct ctl *ctl, struct plan *p,
    struct error *err) MUST_CHECK;

/* True if this one is as it should be. */
bool setting_is_right(const struct setting *s);

/* Reads one setting as it is now: have and set. */
bool postfix_read(const char *dir, struct setting *s,
    struct error *err) MUST_CHECK;

/* Sets it to value; NULL: takes it out of the file. */
bool postfix_write(const char *dir, const struct setting *s, const char *value,
    struct error *err) MUST_CHECK;

/* A parameter with its variables expanded, e.g. config_directory. */
bool postfix_expanded(const char *dir, const char *name, char out[POSTFIX_TEXT],
    struct error *err) MUST_CHECK;

#endif
