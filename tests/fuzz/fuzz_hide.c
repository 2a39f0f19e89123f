/*
 * The first line is a value, the rest is a line of the journal, whatever else
 * it may be. It is hidden in place; in what the journal itself has written
 * nothing is left to hide then, and it is read as before, without the text.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "db/event.h"
#include "db/hide.h"
#include "db/line.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/hide",
	NULL,
};

/* Hides in a copy of its own; the caller frees it. */
static char *
hidden(const struct hide *h, struct span line, bool *any)
{
	char *bytes = mem_dup(line.p, line.len);

	*any = hide_line(h, bytes, line.len);
	return bytes;
}

/* A line as the journal writes it; not where bytes that are no UTF-8 have
 * become too many. */
static void
check_written(const struct hide *h, const struct event *ev)
{
	struct span once;
	struct event got;
	struct error err;
	struct buf line;
	char *bytes;
	bool any;

	buf_init(&line, LIMIT_JOURNAL_LINE_BYTES);
	event_encode(ev, &line);
	line.len -= line.full ? 0 : 1;
	if (line.full || !event_decode(buf_span(&line), &got, &err)) {
		buf_done(&line);
		return;
	}
	event_done(&got);
	bytes = hidden(h, buf_span(&line), &any);
	once = (struct span){ bytes, line.len };
	need(any == (memcmp(bytes, line.p, line.len) != 0));
	free(hidden(h, once, &any));
	need(!any);
	need(event_decode(once, &got, &err));
	need(!hide_text(h, got.why));
	need(ev->value.kind == got.value.kind && ev->at == got.at);
	event_done(&got);
	free(bytes);
	buf_done(&line);
}

static void
check(const struct hide *h, struct span line)
{
	struct event ev;
	struct error err;
	struct buf sealed;
	bool any;

	free(hidden(h, line, &any));
	buf_init(&sealed, line.len + 100);
	buf_add_span(&sealed, line);
	line_seal(&sealed, 0);
	sealed.len--;
	free(hidden(h, buf_span(&sealed), &any));
	if (event_decode(buf_span(&sealed), &ev, &err)) {
		check_written(h, &ev);
		event_done(&ev);
	}
	buf_done(&sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { (const char *)data, size }, text;
	uint8_t hash[VALUE_HASH_BYTES];
	struct error ignored;
	struct hide *h;
	struct value v;

	if (!span_cut(&line, '\n', &text) || line.len == 0)
		return 0;
	memset(hash, 0x11, sizeof(hash));
	if (value_parse(text, &v, &ignored)) {
		h = hide_new(&v, hash);
		check(h, line);
		hide_free(h);
	}
	h = hide_new_all();
	check(h, line);
	hide_free(h);
	return 0;
}
