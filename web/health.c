#include "web/handlers.h"

#include "base/json.h"

/* Well is who can look something up. */
void
handle_health(const struct request *r, struct answer *a)
{
	struct record rec;
	struct value probe;
	struct error err;
	bool found;

	value_of(&probe, KIND_DOMAIN, "@healthz.invalid");
	if (!store_get(r->web->store, &probe, &rec, &found, &err)) {
		answer_error(a, "health", &err);
		return;
	}
	if (found)
		record_done(&rec);
	json_begin(&a->body);
	json_text(&a->body, "status", span_of("ok"));
	json_end(&a->body);
	buf_add_char(&a->body, '\n');
}
