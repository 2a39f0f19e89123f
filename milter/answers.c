#include "milter/answers.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "milter/metrics.h"
#include "milter/upkeep.h"
#include "policy/engine.h"
#include "policy/lesson.h"
#include "policy/optout.h"

/* A short token does not name its recipient, and nobody else does here. */
static bool
read_token(struct span text, struct buf *answer, struct error *err)
{
	struct optout who;
	struct keys *keys;
	struct conf *conf;
	const char *why;
	bool ok;

	upkeep_current(&conf, &keys);
	ok = optout_token(conf, keys, text, NULL, &who, &why);
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

/* As ingest does, which has no more of a proof: it may come from anywhere. */
static bool
read_report(struct store *st, struct span mail, bool believe,
    struct buf *answer, struct error *err)
{
	struct arrival arrival = { .assume_trust = believe,
		.backlog = true,
		.helo = "",
		.mail_from = "" };
	struct lesson lesson;
	struct keys *keys;
	struct conf *conf;
	bool ok;

	upkeep_current(&conf, &keys);
	arrival.keys = keys;
	ok = engine_learn(conf, st, NULL, &arrival, mail, clock_now(), &lesson,
	    err);
	if (ok) {
		metrics_lesson(&lesson);
		json_begin(answer);
		lesson_json(&lesson, true, answer);
		json_end(answer);
		buf_add_char(answer, '\n');
		lesson_done(&lesson);
	}
	keys_unref(keys);
	conf_unref(conf);
	return ok;
}

bool
answers_give(struct store *st, const char *what, struct span question,
    struct buf *answer, struct error *err)
{
	if (strcmp(what, "metrics") == 0) {
		metrics_give(answer);
		store_writer_metrics(st, answer);
		return true;
	}
	if (strcmp(what, "token") == 0)
		return read_token(question, answer, err);
	if (strcmp(what, "report") == 0 || strcmp(what, "believe") == 0)
		return read_report(st, question, strcmp(what, "believe") == 0,
		    answer, err);
	error_set(err, ERROR_INVALID, "'%.16s' is no request", what);
	return false;
}
