#include "policy/offer.h"

#include <string.h>

#include "policy/token.h"

/* What stands before the token in the subject; for people. */
#define SUBJECT "?subject=unsubscribe%20"

/* RFC 6068 2: what stands for itself in the address of a mailto. "&" and the
 * like could be taken for what follows it. */
static bool
is_plain(char c)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~!$'*+@";

	return strchr(plain, c) != NULL;
}

static void
put_encoded(const char *text, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		if (is_plain(text[i]))
			buf_add_char(out, text[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)text[i]);
}

/*
 * The token stands in the subject. Where the site takes any plus-tag it says
 * so by an address that ends in "+": there a short one comes as well, for
 * programs that make a subject of their own.
 */
static void
put_mailto(const struct conf_stream *stream, const struct key *key, int64_t now,
    const char *address, const char *token, struct buf *out)
{
	const char *to = stream->unsubscribe_mailto;
	size_t local = (size_t)(strrchr(to, '@') - to);
	char brief[TOKEN_SHORT_TEXT] = "";

	if (local > 0 && to[local - 1] == '+')
		token_short(key, now, stream->name, address, brief);
	buf_add_text(out, "<mailto:");
	put_encoded(to, local, out);
	buf_add_text(out, brief);
	put_encoded(to + local, strlen(to) - local, out);
	buf_add_text(out, SUBJECT);
	buf_addf(out, "%s>", token);
}

/* Adds one URI to the list, if its line is not too long. */
static bool
put_uri(const struct buf *uri, struct buf *out)
{
	/* a comma follows it, or the name of the field stands before */
	if (uri->len + strlen(OFFER_UNSUBSCRIBE ": ,") >
	    LIMIT_HEADER_LINE_BYTES)
		return false;
	if (out->len > 0)
		buf_add_text(out, ",\n\t");
	buf_add_span(out, buf_span(uri));
	return true;
}

bool
offer_unsubscribe(const struct conf_stream *stream, const struct key *key,
    int64_t now, const char *address, struct buf *out, bool *one_click)
{
	struct buf token, uri;
	bool offers = false;

	*one_click = false;
	buf_init(&token, LIMIT_TOKEN_BYTES);
	buf_init(&uri, LIMIT_TOKEN_BYTES);
	token_one(key, now, stream->name, address, &token);
	if (stream->unsubscribe_mailto[0] != '\0') {
		put_mailto(stream, key, now, address, buf_text(&token), &uri);
		offers = put_uri(&uri, out);
	}
	if (stream->unsubscribe_https[0] != '\0') {
		buf_reset(&uri);
		buf_addf(&uri, "<%s%s>", stream->unsubscribe_https,
		    buf_text(&token));
		*one_click = put_uri(&uri, out);
	}
	buf_done(&uri);
	buf_done(&token);
	return offers || *one_click;
}

void
offer_cfbl(const struct conf_stream *stream, struct buf *out)
{
	buf_addf(out, "%s; report=arf", stream->cfbl);
}
