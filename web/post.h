/*
 * post - a POST over HTTP; the only file that sees libcurl. One thread uses it.
 */
#ifndef WEB_POST_H
#define WEB_POST_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct post;

/* url is copied. ending: when it becomes true, what is under way is given up;
 * borrowed until post_free(). NULL: ERROR_IO. */
struct post *post_new(const char *url, const atomic_bool *ending,
    struct error *err) MUST_CHECK;
void post_free(struct post *p);

/*
 * Sends a body of JSON, with one header line of the caller's. True: the answer
 * was 2xx. False: ERROR_TEMPORARY says what happened. No redirect is followed;
 * it takes POST_TIMEOUT_S at most.
 */
#define POST_TIMEOUT_S 15
bool post_send(struct post *p, const char *header, struct span body,
    struct error *err) MUST_CHECK;

#endif
