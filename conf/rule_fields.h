/*
 * rule_fields - the fields of a rule, each from its word; bounce.rules(5).
 * For rules.c: nothing else calls these.
 */
#ifndef CONF_RULE_FIELDS_H
#define CONF_RULE_FIELDS_H

#include "conf/rules.h"

/* "5.1.1", "*.2.2", "5.7.*", "5.7.600-649", "none"; more with commas. */
bool rule_take_codes(struct rule *r, struct span field,
    struct error *err) MUST_CHECK;

/* "550", "55*", "5**", "none". */
bool rule_take_reply(struct rule *r, struct span field,
    struct error *err) MUST_CHECK;

/* A pattern of base/match.h for the name of a host. */
bool rule_take_host(struct rule *r, struct span field,
    struct error *err) MUST_CHECK;

/* Lower case letters, digits, "." and "-". */
bool rule_take_name(struct rule *r, struct span field,
    struct error *err) MUST_CHECK;

/* One more text: "/regex/", or words in quotes that stand in it so. */
bool rule_add_text(struct rule *r, struct span field,
    struct error *err) MUST_CHECK;

#endif
