#include "conf/conf.h"

#include <stdio.h>
#include <string.h>

/*
 * The address without its plus-tag; false if it has none. "joe+a b"@x.test
 * loses its quotes with the tag, hence it is parsed again.
 */
static bool
untagged(const struct addr *a, struct addr *out)
{
	struct span local = addr_local(a);
	size_t plus = span_find(local, '+');
	char text[LIMIT_VALUE_TEXT + 1];
	struct error ignored;

	if (plus == 0 || plus == local.len)
		return false;
	snprintf(text, sizeof(text), "%.*s%s%s", (int)plus, a->text,
	    a->text[0] == '"' ? "\"" : "", a->domain - 1);
	return addr_parse(span_of(text), out, &ignored);
}

static bool
entry_has(const char *entry, const struct addr *a, const char *plain)
{
	if (entry[0] != '@')
		return strcmp(entry, a->text) == 0 || strcmp(entry, plain) == 0;
	if (entry[1] != '.')
		return strcmp(entry + 1, a->domain) == 0;
	return strcmp(entry + 2, a->domain) != 0 &&
	       domain_is_within(a->domain, entry + 2);
}

bool
conf_has_addr(const struct conf_texts *list, const struct addr *a)
{
	struct addr plain;

	if (list->n == 0)
		return false;
	if (!untagged(a, &plain))
		plain.text[0] = '\0';
	for (size_t i = 0; i < list->n; i++)
		if (entry_has(list->list[i], a, plain.text))
			return true;
	return false;
}

bool
conf_has_text(const struct conf_texts *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->list[i], text) == 0)
			return true;
	return false;
}

bool
conf_has_domain(const struct conf_texts *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (domain_is_within(name, list->list[i]))
			return true;
	return false;
}

bool
conf_matches(const struct conf_matches *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (match_is(list->list[i], span_of(text)))
			return true;
	return false;
}

bool
conf_networks(const struct conf_networks *list, const struct ip *ip)
{
	for (size_t i = 0; i < list->n; i++)
		if (network_has(&list->list[i], ip))
			return true;
	return false;
}

bool
conf_is_cfbl(const struct conf *c, const struct addr *a)
{
	for (size_t i = 0; i < c->streams_n; i++) {
		char *one = c->streams[i].cfbl;
		const struct conf_texts list = { &one, 1 };

		if (one[0] != '\0' && conf_has_addr(&list, a))
			return true;
	}
	return false;
}

const struct conf_stream *
conf_stream_named(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->streams_n; i++)
		if (strcmp(c->streams[i].name, name) == 0)
			return &c->streams[i];
	return NULL;
}
