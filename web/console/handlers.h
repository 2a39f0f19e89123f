/*
 * handlers - the functions of the console's table of routes, by file.
 */
#ifndef WEB_CONSOLE_HANDLERS_H
#define WEB_CONSOLE_HANDLERS_H

#include "policy/people.h"
#include "web/routes.h"

/* assets.c */
route_fn console_asset;

/* sign_in.c */
route_fn console_start;
route_fn console_sign_in_page;
route_fn console_sign_in;
route_fn console_sign_out;

/* list.c */
route_fn console_list;

/* value.c */
route_fn console_value;

/* add.c */
route_fn console_add_page;
route_fn console_add;

/* contacts.c */
route_fn console_contacts;
route_fn console_contact_new;

/* contact.c */
route_fn console_contact;
/* The one that the address names. False: *a says that there is none. */
bool contact_find(const struct request *r, struct contact *c, struct answer *a);

/* contact_change.c */
route_fn console_contact_change;
/* Commits what is wanted of a contact, at once; counts what became of it. */
struct contact_done {
	size_t n; /* changes */
	size_t changed;
	size_t kept;    /* abuse or lead, without force */
	size_t contact; /* a contact's block stays */
};
bool contact_commit(const struct request *r, const struct people_wish *w,
    struct contact_done *done, struct error *err) MUST_CHECK;

/* review.c */
route_fn console_review;
route_fn console_review_settle;

/* dashboard.c */
route_fn console_dashboard;

/* imports.c */
route_fn console_imports;
route_fn console_import;
route_fn console_import_undo;

/* remove.c */
route_fn console_remove;

#endif
