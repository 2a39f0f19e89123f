#include "milter/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "milter/upkeep.h"
#include "policy/token.h"

/* Only a token of a single recipient names it. */
static bool
read_token(const char *text, struct buf *answer, struct error *err)
{
	struct token *t = mem_new(1, sizeof(*t));
	struct keys *keys = upkeep_keys();
	enum token_fault ignored;
	bool ok = token_read(keys, span_of(text), t, &ignored) &&
		  t->form == TOKEN_ONE;

	if (ok) {
		json_begin(answer);
		json_text(answer, "address", span_of(t->addr.text));
		json_text(answer, "stream", span_of(t->stream));
		json_end(answer);
		buf_add_char(answer, '\n');
	} else {
		error_set(err, ERROR_INVALID, "no token for one recipient");
	}
	keys_unref(keys);
	free(t);
	return ok;
}

bool
answers_give(const char *what, const char *question, struct buf *answer,
    struct error *err)
{
	if (strcmp(what, "token") == 0)
		return read_token(question, answer, err);
	error_set(err, ERROR_INVALID, "'%.16s' is no request", what);
	return false;
}
