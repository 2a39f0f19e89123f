/*
 * contact - the parts of the command contact.
 */
#ifndef CTL_CONTACT_H
#define CTL_CONTACT_H

#include "ctl/command.h"
#include "db/contact.h"
#include "policy/people.h"

/* contact_change.c: add, set, block, unblock, remove; operands behind the
 * verb: the id, and values. */
enum exit_status contact_change(struct ctl *ctl, enum people_verb verb);

/* contact_show.c */
enum exit_status contact_show(struct ctl *ctl);
enum exit_status contact_list_all(struct ctl *ctl);
enum exit_status contact_find(struct ctl *ctl);

/* All that is known of the filter's contact, as JSON. */
enum exit_status contact_export(struct ctl *ctl);

/* The contacts of a value, as show prints them; *n counts them. */
bool contact_rows(struct ctl *ctl, struct store *st, const struct value *v,
    size_t *n, struct error *err) MUST_CHECK;

#endif
