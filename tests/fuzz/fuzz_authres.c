/*
 * Any text is an Authentication-Results field or none. What passes in it
 * names a method and a domain in canonical form; what stands behind the field
 * in a comment changes nothing.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "message/authres.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/authres",
	NULL,
};

static bool
is_canonical(const char *domain)
{
	char again[DOMAIN_TEXT];
	struct error ignored;

	return domain_parse(span_of(domain), again, &ignored) &&
	       strcmp(again, domain) == 0 && domain[0] != '[';
}

static void
check(const struct authres *a)
{
	need(is_canonical(a->id));
	need(a->n <= AUTHRES_MAX);
	for (size_t i = 0; i < a->n; i++) {
		need(a->passes[i].method < AUTHRES_METHODS);
		need(a->tried[a->passes[i].method]);
		need(is_canonical(a->passes[i].domain));
	}
}

static void
with_comment(struct span value, const struct authres *before)
{
	struct authres after;
	struct buf more;

	buf_init(&more, value.len + 100);
	buf_add_text(&more, "(in front)");
	buf_add_span(&more, value);
	buf_add_text(&more, "\r\n (; dkim=pass header.d=evil.example)");
	need(authres_parse(buf_span(&more), &after));
	need(after.n == before->n && strcmp(after.id, before->id) == 0);
	buf_done(&more);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span value = { (const char *)data, size };
	char host[DOMAIN_TEXT];
	struct authres a;

	if (authres_parse(value, &a)) {
		check(&a);
		with_comment(value, &a);
	}
	if (authres_received_by(value, host))
		need(host[0] != '\0');
	return 0;
}
