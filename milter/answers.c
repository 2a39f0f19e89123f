#include "milter/answers.h"

#include <string.h>

#include "base/json.h"
#include "milter/metrics.h"
#include "milter/upkeep.h"
#include "policy/optout.h"

/* A short token does not name its recipient, and nobody else does here. */
static bool
read_token(const char *text, struct buf *answer, struct error *err)
{
	struct optout who;
	struct keys *keys;
	struct conf *conf;
	const char *why;
	bool ok;

	upkeep_current(&conf, &keys);
	ok = optout_token(conf, keys, span_of(text), NULL, &who, &why);
	if (ok) {
		json_begin(answer);
		json_text(answer, "address", span_of(who.addr.text));
		json_text(answer, "stream", span_of(who.stream));
		json_end(answer);
		buf_add_char(answer, '\n');
	} else {
		error_set(err, ERROR_INVALID, "token: %s", why);
	}
	keys_unref(keys);
	conf_unref(conf);
	return ok;
}

bool
answers_give(struct store *st, const char *what, const char *question,
    struct buf *answer, struct error *err)
{
	if (strcmp(what, "metrics") == 0) {
		metrics_give(answer);
		store_writer_metrics(st, answer);
		return true;
	}
	if (strcmp(what, "token") == 0)
		return read_token(question, answer, err);
	error_set(err, ERROR_INVALID, "'%.16s' is no request", what);
	return false;
}
