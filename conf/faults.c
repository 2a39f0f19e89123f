/* faults - settings that are right, but not with each other. */
#include <stdio.h>
#include <string.h>

#include "conf/settings.h"

/* What comes to this address is nobody's if no list of inbound has it. */
static bool
is_unread(const char *address, const struct conf_texts *list)
{
	struct error ignored;
	struct addr a;

	return address[0] != '\0' &&
	       (!addr_parse(span_of(address), &a, &ignored) ||
		   !conf_has_addr(list, &a));
}

/* Can a plus and a token be put behind its local part? */
static bool
is_base(const char *address)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t at = span_find(span_of(address), '@');

	return at <= LIMIT_RETURN_PATH_LOCAL_BYTES &&
	       strspn(address, plain) >= at;
}

static const char *
stream_fault(const struct conf *c, const struct conf_stream *s,
    const char **member)
{
	*member = "unsubscribe_mailto";
	if (is_unread(s->unsubscribe_mailto, &c->unsubscribe))
		return "is no address of inbound.unsubscribe: what is sent "
		       "there would never be read; add it to that list";
	*member = "cfbl";
	if (is_unread(s->cfbl, &c->complaints))
		return "is no address of inbound.complaints: what is sent "
		       "there would never be read; add it to that list";
	*member = "return_path";
	if (is_unread(s->return_path, &c->bounces))
		return "is no address of inbound.bounces: bounces would never "
		       "be read; add it to that list";
	if (!is_base(s->return_path))
		return "wants 1 to 24 letters, digits, \".\", \"-\" and \"_\" "
		       "before the @: the token is put behind them";
	return NULL;
}

const char *
conf_fault(const struct conf *c, char setting[CONF_FAULT_TEXT])
{
	const char *fault, *member;

	snprintf(setting, CONF_FAULT_TEXT, "inbound.processed");
	if (c->processed == PROCESSED_FILE && c->processed_maildir[0] == '\0')
		return "\"file\" wants inbound.maildir, too";
	snprintf(setting, CONF_FAULT_TEXT, "soft.days");
	if (c->soft_days > c->soft_window_days)
		return "is more than soft.window_days: that many days can "
		       "never come together";
	for (size_t i = 0; i < c->streams_n; i++) {
		fault = stream_fault(c, &c->streams[i], &member);
		if (fault == NULL)
			continue;
		snprintf(setting, CONF_FAULT_TEXT, "streams[%zu].%s", i,
		    member);
		return fault;
	}
	return NULL;
}
