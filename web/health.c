#include "web/handlers.h"

#include "base/json.h"

/* Well is who can look something up. */
void
handle_health(const struct request *r, struct answer *a)
{
	struct error err;

	if (!store_answers(r->web->store, &err)) {
		answer_error(a, "health", &err);
		return;
	}
	json_begin(&a->body);
	json_text(&a->body, "status", span_of("ok"));
	json_end(&a->body);
	buf_add_char(&a->body, '\n');
}
