/* List-Unsubscribe and CFBL-Address: their forms and limits. */
#include "tests/unit/ring.h"

#include <string.h>

#include "base/limits.h"
#include "policy/offer.h"
#include "policy/token.h"
#include "tests/unit/conf_text.h"

#define NOW (INT64_C(20782) * 86400)
#define ALICE "alice@example.net"
#define INBOUND                                                                \
	"inbound = { unsubscribe = [ \"@example.com\", \"@.example.com\" ]; "  \
	"complaints = [ "                                                      \
	"\"fbl@example.com\" ]; };\n"
#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

static struct keys *ring;

static void
begin(void)
{
	scratch_begin();
	ring_put("a.key", "2026-11-25", RING_ZERO_TO_31, 0600);
	ring = ring_load("");
}

static void
end(void)
{
	keys_unref(ring);
	scratch_end();
}

/* The configuration of one stream with these settings. */
static struct conf *
stream_with(const char *settings)
{
	char text[2000];

	snprintf(text, sizeof(text),
	    INBOUND "streams = ( { name = \"news\"; %s } );", settings);
	return conf_of(text);
}

/* Reads the token that begins here; it ends at what is no letter of one. */
static void
ck_token(struct span text, enum token_form form, const char *address)
{
	struct span token = { text.p, 0 };
	enum token_fault fault;
	struct token t;

	while (token.len < text.len && strchr(">@", text.p[token.len]) == NULL)
		token.len++;
	ck_assert_msg(token_read(ring, token, &t, &fault), "%.*s",
	    (int)text.len, text.p);
	ck_assert_int_eq(t.form, form);
	ck_assert(token_is_for(&t, address));
	ck_assert(token_is_of(&t, "news"));
}

/* {T} stands for a token, {t} for a short one. */
static void
ck_form(const char *form, const char *got, const char *address)
{
	const char *whole = got;

	for (; *form != '\0'; form++) {
		if (*form != '{') {
			ck_assert_msg(*form == *got, "'%s' at %zu: no '%c'",
			    whole, (size_t)(got - whole), *form);
			got++;
			continue;
		}
		ck_token(span_of(got), form[1] == 'T' ? TOKEN_ONE : TOKEN_SHORT,
		    address);
		form += 2;
		got += strcspn(got, ">@");
	}
	ck_assert_str_eq(got, "");
}

static const struct {
	const char *settings;
	const char *want; /* "": nothing is offered */
	bool one_click;
} forms[] = {
	{ "", "", false },
	{ "unsubscribe_mailto = \"unsub@example.com\";",
	    "<mailto:unsub@example.com?subject=unsubscribe%20{T}>", false },
	{ "unsubscribe_https = \"https://example.com/u/\";",
	    "<https://example.com/u/{T}>", true },
	/* RFC 2369 2: a list, the preferred one first */
	{ "unsubscribe_https = \"https://a.example/?t=\"; "
	  "unsubscribe_mailto = \"unsub@example.com\";",
	    "<mailto:unsub@example.com?subject=unsubscribe%20{T}>,\n\t"
	    "<https://a.example/?t={T}>",
	    true },
	{ "unsubscribe_mailto = \"unsub+@example.com\";",
	    "<mailto:unsub+{t}@example.com?subject=unsubscribe%20{T}>", false },
	{ "unsubscribe_mailto = \"a+b@example.com\";",
	    "<mailto:a+b@example.com?subject=unsubscribe%20{T}>", false },
	/* RFC 6068 2 */
	{ "unsubscribe_mailto = \"a&b=c?d%e/f@example.com\";",
	    "<mailto:a%26b%3Dc%3Fd%25e%2Ff@example.com?subject=unsubscribe%20"
	    "{T}>",
	    false },
	{ "unsubscribe_mailto = \"\\\"a b\\\"@example.com\";",
	    "<mailto:%22a%20b%22@example.com?subject=unsubscribe%20{T}>",
	    false },
};

START_TEST(has_its_form)
{
	struct conf *conf = stream_with(forms[_i].settings);
	struct buf out;
	bool one_click = true;

	buf_init(&out, LIMIT_FIELD_BYTES);
	ck_assert_int_eq(offer_unsubscribe(&conf->streams[0], keys_signer(ring),
			     NOW, ALICE, &out, &one_click),
	    forms[_i].want[0] != '\0');
	ck_assert_int_eq(one_click, forms[_i].one_click);
	ck_form(forms[_i].want, buf_text(&out), ALICE);
	buf_done(&out);
	conf_unref(conf);
}
END_TEST

/* Addresses for which it is made, and whether both URIs have room. */
static const struct {
	const char *address;
	bool fits;
} addresses[] = {
	{ "a@b.example", true },
	/* RFC 6531: in UTF-8 */
	{ "j\xC3\xBCrgen\xE2\x82\xAC@xn--bcher-kva.example", true },
	{ "\"a b\"@example.net", true },
	/* RFC 5321 4.5.3.1.3: a path has 256 bytes with its <> */
	{ A60 "aaaa@" A60 "." A60 "." A60 ".aaaa", true }, /* 252 */
	/* what only our limits bear: never a line that is too long */
	{ A60 A60 A60 A60 "@" A60 "." A60 "." A60, false },
};

START_TEST(keeps_to_the_line)
{
	struct conf *conf =
	    stream_with("unsubscribe_mailto = \"u+@" A60 "." A60 "." A60
			".example.com\"; unsubscribe_https = \"https://" A60
			".example/" A60 A60 "/\";");
	struct span rest, line;
	struct buf out;
	bool one_click;
	size_t lines = 0;

	buf_init(&out, LIMIT_FIELD_BYTES);
	ck_assert_int_eq(offer_unsubscribe(&conf->streams[0], keys_signer(ring),
			     NOW, addresses[_i].address, &out, &one_click),
	    addresses[_i].fits);
	rest = buf_span(&out);
	while (span_line(&rest, &line)) {
		/* the first has the field's name before it */
		ck_assert_uint_le(line.len + (lines++ == 0
						     ? strlen("List-Unsubscribe"
							      ": ")
						     : 0),
		    998);
		for (size_t i = 0; i < line.len; i++)
			ck_assert(line.p[i] >= ' ' || line.p[i] == '\t');
		for (size_t i = 0; i < line.len; i++)
			ck_assert_int_lt(line.p[i], 0x7F);
	}
	ck_assert_uint_eq(lines, addresses[_i].fits ? 2 : 0);
	if (addresses[_i].fits)
		ck_token(
		    (struct span){ strstr(buf_text(&out), "%20") + 3, 1000 },
		    TOKEN_ONE, addresses[_i].address);
	buf_done(&out);
	conf_unref(conf);
}
END_TEST

START_TEST(names_the_feedback_loop)
{
	struct conf *conf = stream_with("cfbl = \"FBL@example.com\";");
	struct buf out;

	buf_init(&out, LIMIT_FIELD_BYTES);
	offer_cfbl(&conf->streams[0], &out);
	/* RFC 9477 5.1 */
	ck_assert_str_eq(buf_text(&out), "fbl@example.com; report=arf");
	buf_done(&out);
	conf_unref(conf);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("offer");
	TCase *t = tcase_create("offer");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, has_its_form, 0, ARRAY_LEN(forms));
	tcase_add_loop_test(t, keeps_to_the_line, 0, ARRAY_LEN(addresses));
	tcase_add_test(t, names_the_feedback_loop);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
