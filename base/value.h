/*
 * value - what can be suppressed: an email address, a domain, a phone number
 * or a LinkedIn profile, in canonical form (doc: suppressd.conf(5), VALUES).
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/names.h"

/* On disk and in JSON by name; the numbers are on disk in hashes: fixed. */
enum kind {
	KIND_EMAIL = 1,
	KIND_DOMAIN = 2,
	KIND_PHONE = 3,
	KIND_LINKEDIN = 4,
	KIND_CONTACT = 5 /* whose values the others are: its text is its id,
			    shown its name. Has no reason of its own */
};

/* email domain phone linkedin contact */
extern const struct name kind_names[];

struct value {
	enum kind kind;
	char text[LIMIT_VALUE_TEXT];  /* canonical; a domain has its "@" or
					 "@." in front */
	char shown[LIMIT_VALUE_TEXT]; /* the spelling that came */
};

/*
 * Tells the kind by the form: a leading "@" is a domain ("@example.com":
 * that name only; "@.example.com": every name below it, as in access(5)),
 * an "@" inside an address; "linkedin.com" a profile (profile.h); digits and
 * what people write between them a phone number (phone.h).
 */
bool value_parse(struct span s, struct value *out,
    struct error *err) MUST_CHECK;

/* From an address that is canonical already. */
void value_of_addr(struct value *out, const struct addr *a);

/* As value_parse() for canonical text of a known kind; no checks. */
void value_of(struct value *out, enum kind kind, const char *canonical);

/*
 * A value whose text is not kept is known by its hash, the key in the index:
 * its text is then its kind, "#" and 32 hex digits, "email#0f3a...". No other
 * value looks like that, and all that takes a value takes this one, too.
 */
#define VALUE_HASH_BYTES 16
void value_hide(struct value *v, const uint8_t hash[VALUE_HASH_BYTES]);

/* Is it such a value? Of which hash; hash may be NULL. */
bool value_is_hidden(const struct value *v, uint8_t hash[VALUE_HASH_BYTES]);

/*
 * The keys that a recipient is looked up by, most exact first: its address,
 * "@domain", then "@.parent" of each parent ("@.example.com" answers for
 * a.example.com, not for example.com). At most VALUE_KEYS_MAX.
 */
#define VALUE_KEYS_MAX 130
struct value_walk {
	const struct addr *addr;
	const char *parent;
	int step;
};

void value_walk_init(struct value_walk *w, const struct addr *recipient);
bool value_walk_next(struct value_walk *w, struct value *key);

#endif
