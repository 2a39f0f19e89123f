/*
 * whom - which address did WE send to? With forwarding and aliases a report
 * names others, too; only that one may be suppressed. Pure.
 */
#ifndef POLICY_WHOM_H
#define POLICY_WHOM_H

#include "conf/conf.h"
#include "message/report.h"

/*
 * For one recipient of a DSN. token: the address that a token has proven for
 * it; NULL: none. own: our own Postfix made it. Sets *evidence to a word that
 * names what told us, "" when nothing did (false).
 */
bool whom_bounced(const struct conf *conf, const struct report *report,
    const struct report_recipient *r, const struct addr *token, bool own,
    struct addr *out, const char **evidence);

/* For a feedback report. */
bool whom_complained(const struct conf *conf, const struct report *report,
    const struct addr *token, struct addr *out, const char **evidence);

#endif
