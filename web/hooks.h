/*
 * hooks - tells a URL of the settings (webhooks) what came on the list, went,
 * or waits for a person: in the order of the journal, at least once, and
 * without anybody waiting for it. A thread of its own follows the journal; how
 * far it has come stands in the file STATE/webhook.position:
 *
 *	123 1 45678	the number of the last event that was taken, and where
 *the next one begins: segment, offset
 *
 * Without the file it begins with what comes next. A POST has a JSON object
 * with "v":1 and "events", at most 100, and the header
 *
 *	Suppressd-Signature: t=1700000000,v1=HEX
 *
 * HEX is the HMAC-SHA256 of the time, a dot and the body, by the key of
 * webhooks.secret. What is not answered with 2xx comes again, after 1, 2, 4
 * seconds and so on to five minutes, and nothing passes it.
 */
#ifndef WEB_HOOKS_H
#define WEB_HOOKS_H

#include "conf/conf.h"
#include "db/store.h"

struct hooks;

/* conf and store are borrowed until hooks_stop(). Without a URL it does
 * nothing. NULL: ERROR_INVALID, no secret; ERROR_IO. */
struct hooks *hooks_start(const struct conf *conf, struct store *store,
    struct error *err) MUST_CHECK;

/* Gives up what is under way: it comes again. NULL is fine. */
void hooks_stop(struct hooks *h);

/* Appends metrics. */
void hooks_metrics(struct hooks *h, struct buf *out);

#endif
