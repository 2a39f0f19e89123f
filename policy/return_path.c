#include "policy/return_path.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "policy/token_impl.h"

/* RFC 5321 4.5.3.1.1 and 4.5.3.1.3, without "<>". */
#define LOCAL_MAX 64
#define PATH_MAX_BYTES 254

static struct span
local_of(const char *address)
{
	return (
	    struct span){ address, (size_t)(strrchr(address, '@') - address) };
}

/* RFC 5322 3.2.3, atext: what needs no quotes, in ASCII. */
static bool
is_plain(struct span local)
{
	static const char atext[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "!#$%&'*+-/=?^_`{|}~.";

	for (size_t i = 0; i < local.len; i++)
		if (local.p[i] == '\0' || strchr(atext, local.p[i]) == NULL)
			return false;
	return true;
}

/* "bounces.example.com" -> "example.com"; "": there is nothing above. */
static const char *
parent_of(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL ? dot + 1 : "";
}

/*
 * The sender as it stands behind the token. Most often it is of the same
 * domain as the return path or of the one above, else DMARC would not be
 * content: these are left out.
 */
static bool
put_sender(const struct addr *sender, const char *domain, struct buf *out)
{
	struct span local = local_of(sender->shown);
	bool has_equals = span_find(local, '=') < local.len;

	if (!is_plain(local) || !is_plain(span_of(sender->domain)))
		return false;
	buf_add_span(out, local);
	if (has_equals || strcmp(sender->domain, domain) != 0)
		buf_add_char(out, '=');
	if (has_equals || (strcmp(sender->domain, domain) != 0 &&
			      strcmp(sender->domain, parent_of(domain)) != 0))
		buf_add_text(out, sender->domain);
	return true;
}

/* The other way round. False: it is no address. */
static bool
get_sender(struct span text, const char *domain, struct addr *out)
{
	struct error ignored;
	size_t at = text.len;
	char address[LIMIT_VALUE_TEXT];

	while (at > 0 && text.p[at - 1] != '=')
		at--;
	if (at == text.len && at > 0)
		domain = parent_of(domain);
	snprintf(address, sizeof(address), "%.*s@%.*s%s",
	    (int)(at > 0 ? at - 1 : text.len), text.p,
	    (int)(at > 0 ? text.len - at : 0), text.p + at,
	    at > 0 && at < text.len ? "" : domain);
	return addr_parse(span_of(address), out, &ignored);
}

/* recipient NULL: of the sender alone. */
static void
path_mac(const struct key *key, const uint8_t *head, const char *sender,
    const char *recipient, uint8_t mac[HASH_SHORT_BYTES])
{
	struct hash h;

	hash_begin(&h, key->secrets->path, HASH_SHORT_BYTES);
	hash_add(&h, token_span(head, PATH_HEAD_BYTES));
	hash_add_text(&h, sender);
	if (recipient != NULL)
		hash_add_text(&h, recipient);
	hash_end(&h, mac);
}

bool
return_path_make(const struct key *key, int64_t now, const struct addr *base,
    const struct addr *sender, const char *recipient, size_t spare,
    char out[LIMIT_VALUE_TEXT])
{
	uint8_t bytes[PATH_BYTES], mac[HASH_SHORT_BYTES];
	char text[BASE32_LENGTH(PATH_BYTES) + 1];
	struct span local = local_of(base->text);
	unsigned day = token_day(now);
	struct buf made;
	bool fits;

	bytes[0] = recipient != NULL ? PATH : PATHS;
	memcpy(bytes + 1, key->tag, KEY_TAG_BYTES);
	bytes[HEAD_BYTES] = (uint8_t)(day >> 8);
	bytes[HEAD_BYTES + 1] = (uint8_t)day;
	path_mac(key, bytes, sender->text, NULL, mac);
	memcpy(bytes + PATH_HEAD_BYTES, mac, PATH_SENDER_BYTES);
	if (recipient != NULL) {
		path_mac(key, bytes, sender->text, recipient, mac);
		memcpy(bytes + PATHS_BYTES, mac, MARK_BYTES);
	}
	base32_encode(bytes, recipient != NULL ? PATH_BYTES : PATHS_BYTES,
	    text);
	buf_init(&made, LIMIT_VALUE_TEXT - 1);
	buf_addf(&made, "%.*s+%s+", (int)local.len, local.p, text);
	fits = put_sender(sender, base->domain, &made) &&
	       made.len + spare <= LOCAL_MAX;
	buf_addf(&made, "@%s", base->domain);
	fits = fits && made.len + spare <= PATH_MAX_BYTES;
	if (fits)
		memcpy(out, buf_text(&made), made.len + 1);
	buf_done(&made);
	return fits;
}

/* The MACs of the token's bytes with a sender that it may be for. */
static bool
is_of_sender(const struct token *t, const char *sender)
{
	uint8_t mac[HASH_SHORT_BYTES];

	path_mac(t->key, t->bytes, sender, NULL, mac);
	return hash_equal(mac, t->bytes + PATH_HEAD_BYTES, PATH_SENDER_BYTES);
}

/*
 * What stands behind the token: the sender, and what XVERP has put behind
 * that. Where it ends only the token knows: a sender may have a plus, too.
 */
static bool
find_sender(struct span rest, const char *domain, struct token *t)
{
	for (size_t end = 1; end <= rest.len; end++)
		if ((end == rest.len || rest.p[end] == '+') &&
		    get_sender((struct span){ rest.p, end }, domain,
			&t->addr) &&
		    is_of_sender(t, t->addr.text))
			return true;
	t->addr.text[0] = '\0';
	return false;
}

/* Without the quotes that XVERP may have made necessary. */
static struct span
unquoted_local(const char *address)
{
	struct span local = local_of(address);

	if (local.len >= 2 && local.p[0] == '"')
		return (struct span){ local.p + 1, local.len - 2 };
	return local;
}

bool
return_path_read(const struct keys *keys, const struct addr *a,
    struct token *out, enum token_fault *fault)
{
	struct span rest = unquoted_local(a->shown), base, text;
	size_t n, i = 0;

	*fault = TOKEN_NO_TOKEN;
	memset(out, 0, offsetof(struct token, bytes));
	out->keys = keys;
	if (!span_cut(&rest, '+', &base) || !span_cut(&rest, '+', &text) ||
	    !base32_decode(text, out->bytes, PATH_BYTES, &n))
		return false;
	out->bytes_n = n;
	out->form = n == PATH_BYTES ? TOKEN_PATH : TOKEN_PATHS;
	if ((n != PATH_BYTES || out->bytes[0] != PATH) &&
	    (n != PATHS_BYTES || out->bytes[0] != PATHS))
		return false;
	*fault = TOKEN_NO_KEY;
	out->day = out->bytes[HEAD_BYTES] << 8 | out->bytes[HEAD_BYTES + 1];
	while ((out->key = token_next_key(keys, (const char *)out->bytes + 1,
		    &i)) != NULL) {
		*fault = TOKEN_FORGED;
		if (find_sender(rest, a->domain, out))
			return true;
	}
	return false;
}

bool
token_is_path_for(const struct token *t, const char *address)
{
	uint8_t mac[HASH_SHORT_BYTES];

	path_mac(t->key, t->bytes, t->addr.text, address, mac);
	return hash_equal(mac, t->bytes + PATHS_BYTES, MARK_BYTES);
}
