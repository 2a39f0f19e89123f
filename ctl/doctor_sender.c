#include "ctl/doctor.h"

#include <string.h>

/* A stream whose mail leaves with a sender of ours; NULL: none. */
static const struct conf_stream *
rewritten(const struct conf *c)
{
	for (size_t i = 0; i < c->streams_n; i++)
		if (c->streams[i].return_path[0] != '\0')
			return &c->streams[i];
	return NULL;
}

/* All that Postfix can do to a sender behind a milter. */
void
doctor_sender_maps(struct patient *p, struct diagnosis *d)
{
	static const char *const names[] = { "sender_canonical_maps",
		"canonical_maps", "masquerade_domains", "smtp_generic_maps" };
	const struct conf_stream *s = rewritten(p->ctl->conf);
	char value[POSTFIX_TEXT], more[400];
	struct error err;

	doctor_found(d, HEALTH_OK, "return path",
	    s != NULL ? s->return_path : "not used", "");
	for (size_t i = 0; s != NULL && i < ARRAY_LEN(names); i++) {
		if (!postfix_expanded(p->plan->dir, names[i], value, &err)) {
			doctor_found(d, HEALTH_FAULT, names[i], err.text,
			    "see postconf(1)");
			return;
		}
		if (value[0] == '\0')
			continue;
		snprintf(more, sizeof(more),
		    "is set: if it changes %.200s, bounces don't come back",
		    s->return_path);
		doctor_found(d, HEALTH_WARNING, names[i], more,
		    "let it leave the domain of return_path alone; "
		    "suppressd.conf(5) tells more");
		return;
	}
}

/* Without it Postfix knows "bounces" and not "bounces+TOKEN". */
void
doctor_delimiter(struct patient *p, struct diagnosis *d)
{
	static const char name[] = "recipient_delimiter";
	char value[POSTFIX_TEXT];
	struct error err;

	if (rewritten(p->ctl->conf) == NULL)
		doctor_found(d, HEALTH_OK, name, "not needed", "");
	else if (!postfix_expanded(p->plan->dir, name, value, &err))
		doctor_found(d, HEALTH_FAULT, name, err.text,
		    "see postconf(1)");
	else if (strchr(value, '+') == NULL)
		doctor_found(d, HEALTH_WARNING, name,
		    "has no \"+\": bounces to return_path are refused, unless "
		    "Postfix takes every address of its domain",
		    "postconf -e recipient_delimiter=+, then postfix reload");
	else
		doctor_found(d, HEALTH_OK, name, value, "");
}
