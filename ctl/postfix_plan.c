#include "ctl/postfix.h"

#include <string.h>

/*
 * The recommended configuration. The milter comes first in its lists, so
 * that a DKIM signer behind it signs the headers that it adds; mail from
 * sendmail(1) and Postfix's own bounces pass cleanup services of their own,
 * whose {daemon_name} nobody else can have.
 */

static struct setting *
next(struct plan *p, enum setting_place place, const char *name)
{
	struct setting *s = &p->list[p->n++];

	*s = (struct setting){ .place = place };
	(void)span_copy(span_of(name), s->name, sizeof(s->name));
	return s;
}

/* "unix:/var/spool/postfix/suppress/x" is "unix:suppress/x" to Postfix,
 * chrooted or not; libmilter's "inet:port@host" is "inet:host:port". */
static bool
postfix_socket(const struct ctl *ctl, struct plan *p, struct error *err)
{
	char queue[POSTFIX_TEXT];
	const char *socket = ctl->conf->socket;
	struct span rest = span_of(socket), kind, port;
	size_t len;

	if (!postfix_expanded(p->dir, "queue_directory", queue, err))
		return false;
	(void)span_cut(&rest, ':', &kind);
	len = strlen(queue);
	if (rest.len > len && memcmp(rest.p, queue, len) == 0 &&
	    rest.p[len] == '/') {
		snprintf(p->milter, sizeof(p->milter), "unix:%s",
		    rest.p + len + 1);
	} else if (span_starts_nocase(kind, "inet")) {
		(void)span_cut(&rest, '@', &port);
		snprintf(p->milter, sizeof(p->milter), "inet:%.*s:%.*s",
		    rest.len > 0 ? (int)rest.len : 9,
		    rest.len > 0 ? rest.p : "localhost", (int)port.len, port.p);
	} else {
		(void)span_copy(span_of(socket), p->milter, sizeof(p->milter));
	}
	return true;
}

/* Ours first, then whatever else the list has. */
static void
first_in_list(struct setting *s)
{
	static const char ours[] = "$suppressd_milter";
	char have[POSTFIX_TEXT];
	const char *at;
	struct span before, after;

	memcpy(have, s->have, sizeof(have));
	at = strstr(have, ours);
	before = (struct span){ have,
		at != NULL ? (size_t)(at - have) : strlen(have) };
	after = span_of(at != NULL ? at + strlen(ours) : "");
	while (after.len > 0 && strchr(", \t", after.p[0]) != NULL) {
		after.p++;
		after.len--;
	}
	before = span_trim(before);
	while (
	    before.len > 0 && strchr(", \t", before.p[before.len - 1]) != NULL)
		before.len--;
	snprintf(s->want, sizeof(s->want), "%s%s%.*s%s%.*s", ours,
	    before.len > 0 ? ", " : "", (int)before.len, before.p,
	    after.len > 0 ? ", " : "", (int)after.len, after.p);
}

static bool
plan_main(struct plan *p, struct error *err)
{
	struct setting *s = next(p, PLACE_MAIN, "suppressd_milter");
	char milter[POSTFIX_TEXT];

	memcpy(milter, p->milter, sizeof(milter));
	if (!postfix_read(p->dir, s, err))
		return false;
	snprintf(s->want, sizeof(s->want),
	    "{ %.1000s, connect_timeout=5s, "
	    "command_timeout=10s, content_timeout=60s, "
	    "default_action=tempfail }",
	    milter);
	s = next(p, PLACE_MAIN, "smtpd_milters");
	if (!postfix_read(p->dir, s, err))
		return false;
	first_in_list(s);
	s = next(p, PLACE_MAIN, "non_smtpd_milters");
	if (!postfix_read(p->dir, s, err))
		return false;
	first_in_list(s);
	s = next(p, PLACE_MAIN, "internal_mail_filter_classes");
	if (!postfix_read(p->dir, s, err))
		return false;
	(void)span_copy(span_of(s->have), s->want, sizeof(s->want) - 16);
	if (strstr(s->have, "bounce") == NULL)
		snprintf(s->want + strlen(s->want), 16, "%sbounce",
		    s->have[0] != '\0' ? ", " : "");
	return true;
}

/* A cleanup service like the one that is there, under its own label. */
static bool
plan_cleanup(struct plan *p, const char *name, const char *label,
    struct error *err)
{
	struct setting like = { .place = PLACE_SERVICE,
		.name = "cleanup/unix" };
	struct setting *s;
	char full[64];
	struct span rest, word;

	if (!postfix_read(p->dir, &like, err))
		return false;
	if (!like.set) {
		error_set(err, ERROR_INVALID,
		    "master.cf has no service cleanup/unix");
		return false;
	}
	snprintf(full, sizeof(full), "%s/unix", name);
	s = next(p, PLACE_SERVICE, full);
	if (!postfix_read(p->dir, s, err))
		return false;
	rest = span_of(like.have);
	(void)span_cut(&rest, ' ', &word);
	snprintf(s->want, sizeof(s->want),
	    "%s %.*s -o milter_macro_daemon_name=%s", name, (int)rest.len,
	    rest.p, label);
	return true;
}

static bool
plan_option(struct plan *p, const char *service, const char *parameter,
    const char *value, struct error *err)
{
	struct setting there = { .place = PLACE_SERVICE };
	struct setting *s;
	char full[128];

	(void)span_copy(span_of(service), there.name, sizeof(there.name));
	if (!postfix_read(p->dir, &there, err))
		return false;
	if (!there.set)
		return true; /* no such service here: nothing to tell it */
	snprintf(full, sizeof(full), "%s/%s", service, parameter);
	s = next(p, PLACE_OPTION, full);
	(void)span_copy(span_of(value), s->want, sizeof(s->want));
	return postfix_read(p->dir, s, err);
}

static const char *
first_text(const struct conf_texts *list, const char *otherwise)
{
	return list->n > 0 ? list->list[0] : otherwise;
}

/* After twenty refusals smtpd hangs up, by default: too few for a list. */
static const struct {
	const char *service;
	const char *parameter;
	const char *value;
} options[] = {
	{ "pickup/unix", "cleanup_service_name", "cleanup-local" },
	{ "bounce/unix", "cleanup_service_name", "cleanup-bounce" },
	{ "defer/unix", "cleanup_service_name", "cleanup-bounce" },
	{ "trace/unix", "cleanup_service_name", "cleanup-bounce" },
	{ "submission/inet", "milter_macro_daemon_name", "ORIGINATING" },
	{ "submission/inet", "smtpd_soft_error_limit", "1001" },
	{ "submission/inet", "smtpd_hard_error_limit", "1001" },
	{ "submissions/inet", "milter_macro_daemon_name", "ORIGINATING" },
	{ "submissions/inet", "smtpd_soft_error_limit", "1001" },
	{ "submissions/inet", "smtpd_hard_error_limit", "1001" },
};

bool
plan_make(const struct ctl *ctl, struct plan *p, struct error *err)
{
	*p = (struct plan){ .dir = ctl->opt.postfix_dir };
	if (!postfix_socket(ctl, p, err) || !plan_main(p, err) ||
	    !plan_cleanup(p, "cleanup-local",
		first_text(&ctl->conf->local_daemons, "LOCAL"), err) ||
	    !plan_cleanup(p, "cleanup-bounce",
		first_text(&ctl->conf->bounce_daemons, "BOUNCE"), err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (!plan_option(p, options[i].service, options[i].parameter,
			options[i].value, err))
			return false;
	return true;
}
