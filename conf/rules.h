/*
 * rules - what the words of a failure mean, as data: bounce.rules(5) is the
 * manual of the format. Two tables decide in this order: the operator's (the
 * setting inbound.rules) and ours (conf/bounce.rules, compiled into the
 * library). The first rule that fits wins; policy/classify.h looks for it.
 *
 * Immutable once made: any thread may use one.
 */
#ifndef CONF_RULES_H
#define CONF_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/match.h"
#include "base/names.h"
#include "base/status.h"
#include "conf/grams.h"

/* What a failure says of the recipient. */
enum bounce_class {
	CLASS_BAD_ADDRESS, /* suppresses */
	CLASS_BAD_DOMAIN,  /* suppresses */
	CLASS_FULL,        /* counts as a soft bounce */
	CLASS_TEMPORARY,   /* counts as a soft bounce */
	CLASS_EXPIRED,     /* this one and those below: not its fault */
	CLASS_POLICY,
	CLASS_CONTENT,
	CLASS_SENDER,
	CLASS_SIZE,
	CLASS_PROTOCOL,
	CLASS_UNDETERMINED,
};
extern const struct name class_names[];

bool class_suppresses(enum bounce_class class);

#define RULE_NAME_TEXT 40

/* One of the codes that a rule takes; -1 is any number. */
struct rule_code {
	int class_digit; /* 4 or 5; 0: only when there is no code */
	int subject;
	int detail_from, detail_to;
};

/* A pattern for the words of a failure. */
struct rule_text {
	struct match *match;
	struct grams_need need; /* what a text must have to match */
};

struct rule {
	enum bounce_class class;
	char name[RULE_NAME_TEXT];
	/* How it reads in answers and in the journal: its name, the
	 * operator's with "@FILE:LINE" behind. */
	char label[LIMIT_WORD_TEXT];
	size_t line;
	const char *source;      /* the comment above it; "": none */
	struct rule_code *codes; /* none: any, and no code at all */
	size_t codes_n;
	char reply[4];           /* "550", "5**"; "": any, and none at all */
	struct match *host;      /* NULL: any, and none at all */
	struct rule_text *texts; /* one of them; none: any, and none at all */
	size_t texts_n;
};

struct rules {
	char *path; /* where they came from */
	struct rule *list;
	size_t n;
	char **sources; /* comments that rules share */
	size_t sources_n;
};

/* conf/bounce.rules, as the build found it. */
extern const char rules_builtin_text[];

/* Ours, made when first asked for; never NULL, never freed. */
const struct rules *rules_builtin(void);

/*
 * Reads a table from a text; path is what it is called. NULL on the first
 * fault, with "FILE:LINE: FIELD: what is wrong and what is right".
 */
struct rules *rules_parse(struct span text, const char *path,
    struct error *err) MUST_CHECK;

/* As rules_parse() for a file; ERROR_IO, ERROR_LIMIT. */
struct rules *rules_load(const char *path, struct error *err) MUST_CHECK;

void rules_free(struct rules *r);

/* Does the rule take this code (class_digit 0: there is none)? */
bool rule_takes_code(const struct rule *r, const struct status *code);

/* Does it take this reply code (0: there is none)? */
bool rule_takes_reply(const struct rule *r, int reply_code);

#endif
