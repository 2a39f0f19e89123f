/* offers - where the recipients of a stream's mail can turn to. */
#include <string.h>

#include "base/addr.h"
#include "conf/settings.h"

static bool
wrong(struct error *err, const char *what)
{
	error_set(err, ERROR_INVALID, "%s", what);
	return false;
}

static bool
is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

/* It stands in a header; and not every mailer takes UTF-8 there. */
bool
setting_take_address(const char *text, char *out, struct error *err)
{
	struct addr a = { 0 };

	if (text[0] != '\0' && !addr_parse(span_of(text), &a, err))
		return false;
	if (!is_ascii(a.text))
		return wrong(err, "has to be an address in ASCII");
	if (strlen(a.text) >= LIMIT_OFFER_TEXT)
		return wrong(err, "the address is longer than 239 bytes");
	return span_copy(span_of(a.text), out, LIMIT_OFFER_TEXT);
}

/*
 * RFC 3986 2: what a URL is made of; no "<>", no white space. RFC 2369 2 ends
 * it at ">", and many programs at a comma.
 */
static bool
is_url(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      "-._~:/?#[]@!$&'()*+;=%";

	return text[strspn(text, allowed)] == '\0';
}

bool
setting_take_https(const char *text, char *out, struct error *err)
{
	static const char scheme[] = "https://";
	size_t n = strlen(text);

	if (n > 0 && (!span_starts_nocase(span_of(text), scheme) ||
			 n == strlen(scheme) || text[strlen(scheme)] == '/'))
		return wrong(err, "write https://host/path/");
	if (!is_url(text))
		return wrong(err,
		    "has a character that stands in no URL; write %20 for a "
		    "space, %2C for a comma");
	if (n > 0 && text[n - 1] != '/' && text[n - 1] != '=')
		return wrong(err, "the token is put right behind it: it has to "
				  "end in / or =");
	if (n >= LIMIT_OFFER_TEXT)
		return wrong(err, "the URL is longer than 239 bytes");
	return span_copy(span_of(text), out, LIMIT_OFFER_TEXT);
}

/* Without TLS only this host is told. */
bool
setting_take_url(const char *text, char *out, struct error *err)
{
	static const char *const schemes[] = { "https://",
		"http://127.0.0.1:", "http://localhost:", "http://[::1]:" };
	bool known = text[0] == '\0';

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		known =
		    known || (span_starts_nocase(span_of(text), schemes[i]) &&
				 text[strlen(schemes[i])] != '\0');
	if (!known)
		return wrong(err, "write https://host/path, or for this host "
				  "http://127.0.0.1:port/path");
	if (!is_url(text))
		return wrong(err, "has a character that stands in no URL");
	if (strlen(text) >= LIMIT_OFFER_TEXT)
		return wrong(err, "the URL is longer than 239 bytes");
	return span_copy(span_of(text), out, LIMIT_OFFER_TEXT);
}

bool
conf_stream_offers(const struct conf_stream *s)
{
	return s->unsubscribe_mailto[0] != '\0' ||
	       s->unsubscribe_https[0] != '\0' || s->cfbl[0] != '\0';
}
