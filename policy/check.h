/*
 * check - may a value be contacted, and if not, why: what programs and people
 * ask. The milter's question, with its verdict, is engine_check().
 */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include "conf/conf.h"
#include "db/query.h"

/* For what mail. conf and name are borrowed. */
struct check {
	const struct conf *conf;
	const char *name;                 /* of the stream; "": any mail */
	const struct conf_stream *stream; /* of that name; NULL: none */
};

void check_init(const struct conf *conf, const char *stream, struct check *c);

/*
 * Looks the value up and, of an address, all that stands above it and the
 * phone that it may reach (policy/gateway.h). The first
 * reason that blocks is given to fn; *blocked says whether there is one.
 * False: not known, so don't send.
 */
bool check_value(const struct check *c, struct store *st,
    const struct value *asked, int64_t now, query_reason_fn *fn, void *arg,
    bool *blocked, struct error *err) MUST_CHECK;

#endif
