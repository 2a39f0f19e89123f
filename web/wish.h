/*
 * wish - the body of an API request: a flat JSON object with the values that
 * it is about, and what shall be done. A member that is not known is an
 * error, as a wrong value is: nobody shall believe that it was heeded.
 */
#ifndef WEB_WISH_H
#define WEB_WISH_H

#include "web/request.h"

struct wish {
	struct value *values; /* heap */
	size_t n;
	enum source source; /* 0: not given */
	char stream[LIMIT_STREAM_TEXT];
	char why[LIMIT_WHY_TEXT];
	int64_t expires; /* absolute; 0: never */
	bool force;
	/* of contacts */
	char id[LIMIT_CONTACT_TEXT];
	char name[LIMIT_CONTACT_NAME_TEXT];
	enum kind kind; /* 0: not given */
	bool drop;
};

/*
 * members: those that may be there, as "values stream"; the first one has to
 * be, if it is values. False: *a says what is wrong. The caller: wish_done(),
 * in any case.
 */
bool wish_read(const struct request *r, const char *members, struct wish *w,
    struct answer *a);
void wish_done(struct wish *w);

/* Force wants the scope admin, and why. False: *a says so. */
bool wish_may_force(const struct request *r, const struct wish *w,
    struct answer *a);

#endif
