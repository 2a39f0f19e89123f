#include "ctl/postfix.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/milters.h"

/*
 * The recommended configuration. The milter comes first in its lists, so
 * that a DKIM signer behind it signs the headers that it adds; mail from
 * sendmail(1) and Postfix's own bounces pass cleanup services of their own,
 * whose {daemon_name} nobody else can have.
 */
#define OURS "suppressd_milter"

static struct setting *
next(struct plan *p, enum setting_place place, const char *name)
{
	struct setting *s = &p->list[p->n++];

	*s = (struct setting){ .place = place };
	(void)span_copy(span_of(name), s->name, sizeof(s->name));
	return s;
}

const struct setting *
plan_find(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->list[i].name, name) == 0)
			return &p->list[i];
	return NULL;
}

/* True if the entry is our milter, by its socket or by our variable. */
static bool
is_ours(const struct plan *p, const struct milter *m)
{
	char form[POSTFIX_TEXT];

	postfix_socket(p->queue, m->name, form);
	return milter_refers_to(m, OURS) || strcmp(form, p->milter) == 0;
}

/* postconf takes no blanks in an option of master.cf; here none matters. */
static void
add_entry(const struct setting *s, struct span entry, struct buf *to)
{
	bool tight = s->place == PLACE_OPTION;

	buf_add_text(to, tight ? "," : ", ");
	for (size_t i = 0; i < entry.len; i++)
		if (!tight || strchr(" \t", entry.p[i]) == NULL)
			buf_add_char(to, entry.p[i]);
}

/*
 * Ours first, then whatever else the list has. "$smtpd_milters" in another
 * list brings ours along: twice would ask us twice.
 */
static void
first_in_list(const struct plan *p, struct setting *s, bool may_refer)
{
	struct span list = span_of(s->have), first = span_of("$" OURS);
	struct milter m;
	struct buf rest, want;
	size_t ours = 0, at = 0;
	bool right = false;

	buf_init(&rest, POSTFIX_TEXT - sizeof("$" OURS) - 128);
	for (; milters_next(&list, &m); at++) {
		bool refers =
		    may_refer && milter_refers_to(&m, "smtpd_milters");

		if (refers)
			first = m.text;
		if (refers || is_ours(p, &m)) {
			right = right || (at == 0 && m.name[0] == '$');
			ours++;
		} else {
			add_entry(s, m.text, &rest);
		}
	}
	buf_init(&want, POSTFIX_TEXT);
	buf_add_span(&want, first);
	buf_add_span(&want, buf_span(&rest));
	(void)span_copy(right && ours == 1 ? span_of(s->have) : buf_span(&want),
	    s->want, sizeof(s->want));
	buf_done(&want);
	buf_done(&rest);
}

/* Postfix 3.11 and later can close the connection: the client comes back. */
static const char *
best_action(const struct plan *p)
{
	char text[POSTFIX_TEXT];
	struct span rest, major, minor;
	unsigned long long a, b;
	struct error ignored;

	if (!postfix_expanded(p->dir, "mail_version", text, &ignored))
		return "tempfail";
	rest = span_of(text);
	(void)span_cut(&rest, '.', &major);
	(void)span_cut(&rest, '.', &minor);
	if (!span_number(major, 1000, &a) || !span_number(minor, 1000, &b))
		return "tempfail";
	return a > 3 || (a == 3 && b >= 11) ? "shutdown" : "tempfail";
}

/* What names our socket and never lets mail pass unchecked may stay. */
static bool
plan_milter(struct plan *p, struct error *err)
{
	struct setting *s = next(p, PLACE_MAIN, OURS);
	char socket[POSTFIX_TEXT];
	struct milter m;
	struct span list;

	if (!postfix_read(p->dir, s, err))
		return false;
	memcpy(socket, p->milter, sizeof(socket));
	list = span_of(s->have);
	if (milters_next(&list, &m) && is_ours(p, &m) && m.action[0] != '\0' &&
	    strcmp(m.action, "accept") != 0)
		(void)span_copy(span_of(s->have), s->want, sizeof(s->want));
	else
		snprintf(s->want, sizeof(s->want),
		    "{ %.1000s, connect_timeout=5s, command_timeout=10s, "
		    "content_timeout=60s, default_action=%s }",
		    socket, best_action(p));
	return true;
}

static bool
plan_classes(struct plan *p, struct error *err)
{
	struct setting *s = next(p, PLACE_MAIN, "internal_mail_filter_classes");

	if (!postfix_read(p->dir, s, err))
		return false;
	(void)span_copy(span_of(s->have), s->want, sizeof(s->want) - 16);
	if (strstr(s->have, "bounce") == NULL)
		snprintf(s->want + strlen(s->want), 16, "%sbounce",
		    s->have[0] != '\0' ? ", " : "");
	return true;
}

static bool
plan_main(struct plan *p, struct error *err)
{
	static const char *const lists[] = { "smtpd_milters",
		"non_smtpd_milters" };

	if (!plan_milter(p, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct setting *s = next(p, PLACE_MAIN, lists[i]);

		if (!postfix_read(p->dir, s, err))
			return false;
		first_in_list(p, s, i > 0);
	}
	return plan_classes(p, err);
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
	snprintf(full, sizeof(full), "-o milter_macro_daemon_name=%.30s",
	    label);
	if (strstr(s->have, full) != NULL) {
		/* There already, perhaps with more that somebody wants. */
		(void)span_copy(span_of(s->have), s->want, sizeof(s->want));
		return true;
	}
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

/* A service with a list of its own must have us in it, too. An empty list
 * was meant: mail that comes back from a filter, for one. */
static bool
plan_own_list(struct plan *p, struct span line, struct error *err)
{
	struct span value = line, name, rest, word;
	struct setting *s;
	char full[128];

	(void)span_cut(&value, '=', &name);
	name = span_trim(name);
	for (rest = name; span_find(rest, '/') < rest.len;)
		(void)span_cut(&rest, '/', &word);
	if ((!span_is(rest, "smtpd_milters") &&
		!span_is(rest, "non_smtpd_milters")) ||
	    span_trim(value).len == 0 || p->n >= SETTINGS_MAX / 2 ||
	    !span_copy(name, full, sizeof(full)))
		return true;
	s = next(p, PLACE_OPTION, full);
	if (!postfix_read(p->dir, s, err))
		return false;
	first_in_list(p, s, true);
	return true;
}

static bool
plan_own_lists(struct plan *p, struct error *err)
{
	struct buf text;
	struct span all, line;
	bool ok;

	buf_init(&text, 256 * 1024);
	ok = postfix_options(p->dir, false, &text, err);
	all = buf_span(&text);
	while (ok && span_line(&all, &line))
		ok = plan_own_list(p, line, err);
	buf_done(&text);
	return ok;
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
	if (!postfix_expanded(p->dir, "queue_directory", p->queue, err))
		return false;
	postfix_socket(p->queue, ctl->conf->socket, p->milter);
	if (!plan_main(p, err) ||
	    !plan_cleanup(p, "cleanup-local",
		first_text(&ctl->conf->local_daemons, "LOCAL"), err) ||
	    !plan_cleanup(p, "cleanup-bounce",
		first_text(&ctl->conf->bounce_daemons, "BOUNCE"), err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (!plan_option(p, options[i].service, options[i].parameter,
			options[i].value, err))
			return false;
	return plan_own_lists(p, err);
}
