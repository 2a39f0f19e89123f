/*
 * Whatever mailers send: a request is answered in the protocol's form, once
 * whole, or ends the connection; and only who is on the list is found.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/log.h"
#include "tests/unit/scratch.h"
#include "web/lookup.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/lookup",
	NULL,
};

#define LISTED "joe@example.net"
#define NOW 1700000000

/* Made at the first call, and closed at the end. */
static struct web web;

static void
end(void)
{
	store_close(web.store);
	scratch_end();
}

static void
begin(void)
{
	const struct store_options how = { .mode = STORE_WRITE,
		.create = true };
	struct change c = { .op = CHANGE_ADD,
		.source = SOURCE_USER,
		.stream = "*",
		.by = "test" };
	struct change_result result;
	struct error err;

	/* The log would have a line of each input. */
	log_open("fuzz_lookup", false, LOG_LEVEL_ERROR);
	scratch_begin();
	web.conf = conf_defaults();
	web.store = store_open(scratch_dir, &how, &err);
	need(web.store != NULL);
	atexit(end);
	value_of(&c.value, KIND_EMAIL, LISTED);
	need(store_change(web.store, &c, 1, &result, &err));
}

/* One netstring, whole. */
static void
check_socketmap(struct span out)
{
	static const char *const words[] = { "OK ", "NOTFOUND ", "TEMP ",
		"PERM " };
	size_t colon = span_find(out, ':');
	unsigned long long len;
	bool known = false;

	need(span_number((struct span){ out.p, colon }, out.len, &len));
	need(out.len == colon + 1 + len + 1 && out.p[out.len - 1] == ',');
	out = (struct span){ out.p + colon + 1, len };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		known = known || span_starts_nocase(out, words[i]);
	need(known);
	need(!span_starts_nocase(out, "TEMP"));
}

/* One line, of printable ASCII but for its end. */
static void
check_tcp_table(struct span out)
{
	need(out.len > 4 && out.p[3] == ' ');
	need(memcmp(out.p, "200", 3) == 0 || memcmp(out.p, "500", 3) == 0 ||
	     memcmp(out.p, "400", 3) == 0);
	need(span_find(out, '\n') == out.len - 1);
	for (size_t i = 4; i + 1 < out.len; i++)
		need(out.p[i] > ' ' && out.p[i] < 0x7F);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data + 1, size - 1 };
	enum lookup_protocol protocol;
	enum lookup_step step;
	struct buf out;

	if (size == 0)
		return 0;
	if (web.store == NULL)
		begin();
	protocol = data[0] == 't' ? LOOKUP_TCP_TABLE : LOOKUP_SOCKETMAP;
	buf_init(&out, 4096);
	do {
		size_t before = in.len;

		buf_reset(&out);
		step = lookup_answer(&web, protocol, &in, NOW, &out);
		need((step == LOOKUP_ANSWERED) == (out.len > 0));
		need((step == LOOKUP_ANSWERED) == (in.len < before));
		if (step == LOOKUP_ANSWERED && protocol == LOOKUP_TCP_TABLE)
			check_tcp_table(buf_span(&out));
		else if (step == LOOKUP_ANSWERED)
			check_socketmap(buf_span(&out));
	} while (step == LOOKUP_ANSWERED);
	buf_done(&out);
	return 0;
}
