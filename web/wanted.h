/*
 * wanted - what the query of an API request asks for. A parameter that is not
 * known is an error, as a wrong value is: nobody shall believe that it was
 * heeded.
 */
#ifndef WEB_WANTED_H
#define WEB_WANTED_H

#include "db/contact.h"
#include "web/request.h"

#define ROWS_DEFAULT 100

struct wanted {
	struct filter filter; /* .limit: ROWS_DEFAULT, if not given */
	bool has_value;
	struct value value;
	char after_contact[LIMIT_CONTACT_TEXT];
	bool blocked; /* only contacts that are */
	char why[LIMIT_WHY_TEXT];
	int64_t expires; /* absolute; 0: never */
	bool dry_run;
	bool believe;
	uint64_t days, top; /* 0: not given */
};

/*
 * parameters: those that may be there, as "kind source after:place"; "after" is
 * of one sort: place (of a list or a history) or contact. Of a page, a field
 * that is left empty was not given. False: *a says which one is wrong.
 */
bool wanted_read(const struct request *r, const char *parameters,
    struct wanted *w, struct answer *a);

/* The value that the path names. False: *a says why it is none. */
bool wanted_value(const struct request *r, struct value *v, struct answer *a);

#endif
