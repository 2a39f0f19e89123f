#include "web/lookup.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "policy/engine.h"
#include "web/form.h"

enum result { RESULT_FOUND, RESULT_NONE, RESULT_TEMPORARY, RESULT_WRONG };

static atomic_ullong counts[RESULT_WRONG + 1];

/* What a table gives; text of at most two replies. */
struct found {
	enum result result;
	char text[2 * LIMIT_REPLY_TEXT];
};

static void
set(struct found *f, enum result result, const char *text)
{
	f->result = result;
	(void)span_copy(span_of(text), f->text, sizeof(f->text));
}

/* A recipient alone can't be removed by a table: it is refused. */
static void
take_verdict(const struct verdict *v, const struct error *why, struct found *f)
{
	switch (v->action) {
	case VERDICT_REJECT:
	case VERDICT_REMOVE:
	case VERDICT_DEFER:
		f->result = RESULT_FOUND;
		snprintf(f->text, sizeof(f->text), "%d %s %s", v->code,
		    v->status, v->text);
		break;
	case VERDICT_HOLD:
		f->result = RESULT_FOUND;
		snprintf(f->text, sizeof(f->text), "HOLD %s", v->text);
		break;
	case VERDICT_UNKNOWN:
		set(f, RESULT_TEMPORARY,
		    "the suppression list cannot be read now");
		log_error("lookup: %s", why->text);
		break;
	default:
		set(f, RESULT_NONE, "not on the list");
	}
}

static void
look_up(const struct web *web, const struct conf_stream *stream,
    const char *key, int64_t now, struct found *f)
{
	struct error err = { 0 };
	struct verdict v;
	struct addr a;

	set(f, RESULT_NONE, "not on the list");
	/* As for the milter: what is no address is on no list. */
	if (!addr_parse(span_of(key), &a, &err) ||
	    conf_has_text(&web->conf->own_domains, a.domain))
		return;
	engine_check(web->conf, web->store, stream, &a, now, &v, &err);
	take_verdict(&v, &err, f);
	if (v.action != VERDICT_PASS && v.action != VERDICT_UNKNOWN)
		log_info("lookup: recipient=<%s> verdict=%s stream=%s "
			 "source=%s value=%s",
		    a.text, names_text(verdict_names, (int)v.action),
		    stream->name, names_text(source_names, (int)v.source),
		    v.value);
}

static void
count(const struct found *f)
{
	atomic_fetch_add_explicit(&counts[f->result], 1, memory_order_relaxed);
}

/* "name key", the inside of a netstring. */
static void
answer_socketmap(const struct web *web, struct span request, int64_t now,
    struct buf *out)
{
	static const char *const words[] = { "OK ", "NOTFOUND ", "TEMP ",
		"PERM " };
	const struct conf_stream *stream;
	char key[LIMIT_VALUE_TEXT], name[LIMIT_STREAM_TEXT];
	struct span word = { "", 0 };
	struct found f;
	const char *text;

	(void)span_cut(&request, ' ', &word);
	stream = span_copy(word, name, sizeof(name))
		     ? conf_stream_named(web->conf, name)
		     : NULL;
	if (stream == NULL)
		set(&f, RESULT_WRONG, "there is no stream of this name");
	else if (!span_copy(request, key, sizeof(key)))
		set(&f, RESULT_NONE, "");
	else
		look_up(web, stream, key, now, &f);
	count(&f);
	text = f.result == RESULT_NONE ? "" : f.text;
	buf_addf(out, "%zu:%s%s,", strlen(words[f.result]) + strlen(text),
	    words[f.result], text);
}

/* Netstrings: "5:hello,". */
static enum lookup_step
step_socketmap(const struct web *web, struct span *in, int64_t now,
    struct buf *out)
{
	size_t colon = span_find(*in, ':');
	unsigned long long len;
	struct span request;

	if (colon == in->len)
		return colon < 8 ? LOOKUP_MORE : LOOKUP_BROKEN;
	if (!span_number((struct span){ in->p, colon }, LOOKUP_REQUEST_BYTES,
		&len))
		return LOOKUP_BROKEN;
	if (in->len < colon + 1 + len + 1)
		return LOOKUP_MORE;
	request = (struct span){ in->p + colon + 1, len };
	if (request.p[len] != ',')
		return LOOKUP_BROKEN;
	answer_socketmap(web, request, now, out);
	in->p += colon + 1 + len + 1;
	in->len -= colon + 1 + len + 1;
	return LOOKUP_ANSWERED;
}

/* Spaces and what is no ASCII are percent-encoded, and a percent sign. */
static void
add_encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c >= 0x7F || c == '%')
			buf_addf(out, "%%%02X", c);
		else
			buf_add_char(out, *text);
	}
}

/* "get key". */
static enum lookup_step
step_tcp_table(const struct web *web, struct span *in, int64_t now,
    struct buf *out)
{
	static const char *const codes[] = { "200 ", "500 ", "400 ", "400 " };
	const struct conf *c = web->conf;
	size_t end = span_find(*in, '\n');
	struct span rest = { in->p, end }, verb = { "", 0 };
	char key[LIMIT_VALUE_TEXT];
	struct found f;

	if (end == in->len)
		return LOOKUP_MORE;
	(void)span_cut(&rest, ' ', &verb);
	if (!span_is(verb, "get"))
		set(&f, RESULT_WRONG, "the only request is get");
	else if (!form_decode(span_trim(rest), false, key, sizeof(key)))
		set(&f, RESULT_NONE, "no address");
	else
		look_up(web, &c->streams[c->streams_n - 1], key, now, &f);
	count(&f);
	buf_add_text(out, codes[f.result]);
	add_encoded(out, f.text);
	buf_add_char(out, '\n');
	in->p += end + 1;
	in->len -= end + 1;
	return LOOKUP_ANSWERED;
}

enum lookup_step
lookup_answer(const struct web *web, enum lookup_protocol protocol,
    struct span *in, int64_t now, struct buf *out)
{
	return protocol == LOOKUP_SOCKETMAP ? step_socketmap(web, in, now, out)
					    : step_tcp_table(web, in, now, out);
}

void
lookup_metrics(struct buf *out)
{
	static const char name[] = "suppressd_web_lookups_total";
	static const char *const words[] = { "found", "none", "temporary",
		"wrong" };

	metrics_begin(out, METRICS_COUNTER, name,
	    "Lookups by socketmap and tcp_table, by their answer.");
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		const struct metrics_label label = { "answer", words[i] };

		metrics_add(out, name, &label, 1, atomic_load(&counts[i]));
	}
}
