#include "conf/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/utf8.h"
#include "base/value.h"

#define SOCKET_BYTES_MAX 107

void
conf_texts_done(struct conf_texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->list[i]);
	free(t->list);
	*t = (struct conf_texts){ 0 };
}

void
conf_matches_done(struct conf_matches *m)
{
	for (size_t i = 0; i < m->n; i++)
		match_free(m->list[i]);
	free(m->list);
	*m = (struct conf_matches){ 0 };
}

void
conf_networks_done(struct conf_networks *n)
{
	free(n->list);
	*n = (struct conf_networks){ 0 };
}

static bool
wrong(struct error *err, const char *what)
{
	error_set(err, ERROR_INVALID, "%s", what);
	return false;
}

static bool
take_word(const struct setting_row *row, const char *text, int *out,
    struct error *err)
{
	struct buf all;

	if (names_number(row->names, span_of(text), out))
		return true;
	buf_init(&all, 256);
	names_list(row->names, &all);
	error_set(err, ERROR_INVALID, "'%.60s' is not known; it is %s", text,
	    buf_text(&all));
	buf_done(&all);
	return false;
}

/* One line that any terminal and mail system bears. */
static bool
is_printable(const char *text, bool only_ascii)
{
	struct span s = span_of(text);

	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (c == UTF8_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0) ||
		    (only_ascii && c >= 0x7F))
			return false;
		s.p += n;
		s.len -= n;
	}
	return true;
}

static bool
take_path(const struct setting_row *row, const char *text, char *out,
    struct error *err)
{
	if (text[0] != '/' && (text[0] != '\0' || row->least > 0))
		return wrong(err, "a path begins with /");
	if (!is_printable(text, false))
		return wrong(err, "a path has no control characters");
	if (strlen(text) >= CONF_PATH_TEXT)
		return wrong(err, "the path is longer than 511 bytes");
	return span_copy(span_of(text), out, CONF_PATH_TEXT);
}

/* sockaddr_un has room for 107 bytes; libmilter wants PORT@HOST. */
static bool
take_socket(const struct setting_row *row, const char *text, char *out,
    struct error *err)
{
	struct span s = span_of(text), port, rest = s;
	unsigned long long number;

	if (text[0] == '\0' && row->least == 0)
		return span_copy(s, out, CONF_PATH_TEXT);
	if (!is_printable(text, true))
		return wrong(err, "a socket has only ASCII characters");
	if (s.len > sizeof("unix:") - 1 + SOCKET_BYTES_MAX)
		return wrong(err, "the socket's path is longer than 107 bytes");
	(void)span_cut(&rest, ':', &port);
	if (span_starts_nocase(s, "inet:") || span_starts_nocase(s, "inet6:")) {
		port = rest;
		(void)span_cut(&rest, '@', &port);
		if (!span_number(port, 65535, &number) || number == 0)
			return wrong(err, "write inet:port@host, with a port "
					  "of 1 to 65535");
	} else if (!span_starts_nocase(s, "unix:/")) {
		return wrong(err, "write unix:/path or inet:port@host");
	}
	return span_copy(s, out, CONF_PATH_TEXT);
}

static bool
take_line(const char *text, size_t max, bool only_ascii, char **out,
    struct error *err)
{
	if (text[0] == '\0' || strlen(text) >= max ||
	    !is_printable(text, only_ascii)) {
		error_set(err, ERROR_INVALID,
		    "wants one line of 1 to %zu bytes%s", max - 1,
		    only_ascii ? " of ASCII, as SMTP does" : "");
		return false;
	}
	free(*out);
	*out = mem_dup_text(text);
	return true;
}

static bool
take_status(const char *text, char *out, struct error *err)
{
	struct status status;
	char again[STATUS_TEXT];

	if (!status_parse(span_of(text), &status))
		return wrong(err, "write an enhanced status code: 5.7.1");
	status_format(&status, again);
	if (strcmp(again, text) != 0 || status.class_digit == 2)
		return wrong(err, "write 4.x.y or 5.x.y and nothing else");
	return span_copy(span_of(text), out, 12);
}

static bool
take_id(const char *text, const char *hint, char *out, struct error *err)
{
	if (text[0] == '\0' || span_is_id(span_of(text), LIMIT_KEY_ID_TEXT))
		return span_copy(span_of(text), out, LIMIT_KEY_ID_TEXT);
	return wrong(err, hint);
}

static bool
take_region(const char *text, char *out, struct error *err)
{
	return (text[0] == '\0' || phone_check_region(text, err)) &&
	       span_copy(span_of(text), out, PHONE_REGION_TEXT);
}

/* Sets one canonical text of a list. */
static bool
canonical(const struct setting_row *row, const char *text, char **out,
    struct error *err)
{
	char domain[DOMAIN_TEXT];
	struct value v;

	if (row->type == SETTING_DOMAINS || row->type == SETTING_GATEWAYS) {
		if (!domain_parse(span_of(text), domain, err))
			return false;
		text = domain;
	} else if (row->type == SETTING_VALUES) {
		if (!value_parse(span_of(text), &v, err))
			return false;
		if (v.kind != KIND_EMAIL && v.kind != KIND_DOMAIN)
			return wrong(err, "write addresses and domains");
		text = v.text;
	}
	*out = mem_dup_text(text);
	return true;
}

static bool
take_texts(const struct setting_row *row, const struct given *g,
    struct conf_texts *out, struct error *err)
{
	struct conf_texts made = { .list = mem_new(g->n, sizeof(char *)) };

	for (; made.n < g->n; made.n++) {
		if (!canonical(row, g->texts[made.n], &made.list[made.n],
			err)) {
			error_prefix(err, "'%.60s'", g->texts[made.n]);
			conf_texts_done(&made);
			return false;
		}
	}
	conf_texts_done(out);
	*out = made;
	return true;
}

static bool
take_matches(const struct given *g, struct conf_matches *out, struct error *err)
{
	struct conf_matches made = { .list = mem_new(g->n,
					 sizeof(struct match *)) };

	for (; made.n < g->n; made.n++) {
		made.list[made.n] = match_new(g->texts[made.n], err);
		if (made.list[made.n] == NULL) {
			conf_matches_done(&made);
			return false;
		}
	}
	conf_matches_done(out);
	*out = made;
	return true;
}

static bool
take_networks(const struct given *g, struct conf_networks *out,
    struct error *err)
{
	struct conf_networks made = { .list = mem_new(g->n,
					  sizeof(struct network)) };

	for (; made.n < g->n; made.n++) {
		if (!network_parse(span_of(g->texts[made.n]),
			&made.list[made.n], err)) {
			conf_networks_done(&made);
			return false;
		}
	}
	conf_networks_done(out);
	*out = made;
	return true;
}

static bool
take_words(const struct setting_row *row, const struct given *g, unsigned *out,
    struct error *err)
{
	unsigned bits = 0;
	int source;

	for (size_t i = 0; i < g->n; i++) {
		if (!take_word(row, g->texts[i], &source, err))
			return false;
		bits |= 1U << source;
	}
	*out = bits;
	return true;
}

static bool
take_number(const struct setting_row *row, int64_t number, int64_t *out,
    struct error *err)
{
	if (number < row->least || number > row->most) {
		error_set(err, ERROR_INVALID,
		    "%lld is out of range; it is "
		    "%lld to %lld",
		    (long long)number, (long long)row->least,
		    (long long)row->most);
		return false;
	}
	*out = number;
	return true;
}

static bool
take_text(const struct setting_row *row, const char *text, void *to,
    struct error *err)
{
	struct ip ip;

	switch (row->type) {
	case SETTING_PATH:
		return take_path(row, text, to, err);
	case SETTING_SOCKET:
		return take_socket(row, text, to, err);
	case SETTING_WORD:
		return take_word(row, text, to, err);
	case SETTING_NAME:
		return take_line(text, LIMIT_STREAM_TEXT, false, to, err);
	case SETTING_REPLY:
		return take_line(text, LIMIT_REPLY_TEXT - 100, true, to, err);
	case SETTING_STATUS:
		return take_status(text, to, err);
	case SETTING_KEY_ID:
		return take_id(text,
		    "the ID of a key is 1 to 32 letters, digits, - and _", to,
		    err);
	case SETTING_USER:
		return take_id(text,
		    "the name of a user is 1 to 32 letters, digits, - and _",
		    to, err);
	case SETTING_ADDRESS:
		return setting_take_address(text, to, err);
	case SETTING_URL:
		return setting_take_url(text, to, err);
	case SETTING_HTTPS:
		return setting_take_https(text, to, err);
	case SETTING_REGION:
		return take_region(text, to, err);
	default:
		ip = (struct ip){ 0 };
		if (text[0] != '\0' && !ip_parse(span_of(text), &ip))
			return wrong(err, "write an IP address");
		ip_format(&ip, to);
		return true;
	}
}

static bool
take_list(const struct setting_row *row, const struct given *g, void *to,
    struct error *err)
{
	if (g->n > LIMIT_LIST_ENTRIES) {
		error_set(err, ERROR_LIMIT, "has more than %d entries",
		    LIMIT_LIST_ENTRIES);
		return false;
	}
	if (row->type == SETTING_GATEWAYS && g->n > 0 && !phone_available())
		return wrong(err,
		    "needs libphonenumber, and this suppressd was "
		    "built without it");
	switch (row->type) {
	case SETTING_MATCHES:
		return take_matches(g, to, err);
	case SETTING_NETWORKS:
		return take_networks(g, to, err);
	case SETTING_WORDS:
		return take_words(row, g, to, err);
	default:
		return take_texts(row, g, to, err);
	}
}

/* The form in the file that each type wants. */
static enum given_type
form_of(enum setting_type type)
{
	switch (type) {
	case SETTING_BOOL:
		return GIVEN_BOOL;
	case SETTING_NUMBER:
	case SETTING_INT:
		return GIVEN_NUMBER;
	case SETTING_TEXTS:
	case SETTING_DOMAINS:
	case SETTING_GATEWAYS:
	case SETTING_VALUES:
	case SETTING_MATCHES:
	case SETTING_NETWORKS:
	case SETTING_WORDS:
		return GIVEN_TEXTS;
	default:
		return GIVEN_TEXT;
	}
}

bool
setting_take(const struct setting_row *row, const struct given *given,
    void *base, struct error *err)
{
	static const char *const forms[] = {
		[GIVEN_TEXT] = "wants a text in quotes",
		[GIVEN_NUMBER] = "wants a whole number",
		[GIVEN_BOOL] = "wants true or false",
		[GIVEN_TEXTS] = "wants a list of texts: [ \"a\", \"b\" ]",
	};
	void *to = (char *)base + row->offset;
	int64_t number;

	if (given->type != form_of(row->type))
		return wrong(err, forms[form_of(row->type)]);
	switch (given->type) {
	case GIVEN_BOOL:
		*(bool *)to = given->number != 0;
		return true;
	case GIVEN_NUMBER:
		if (!take_number(row, given->number, &number, err))
			return false;
		if (row->type == SETTING_INT)
			*(int *)to = (int)number;
		else
			*(int64_t *)to = number;
		return true;
	case GIVEN_TEXTS:
		return take_list(row, given, to, err);
	default:
		return take_text(row, given->text, to, err);
	}
}
