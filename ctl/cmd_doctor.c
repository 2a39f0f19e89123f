/*
 * doctor: looks at configuration, Postfix, the socket and the store, and
 * says of each fault how to mend it. One check is one row of the table.
 */
#include "ctl/cmd.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctl/postfix.h"

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_FAULT };

static const struct name health_names[] = {
	{ HEALTH_OK, "ok" },
	{ HEALTH_WARNING, "warning" },
	{ HEALTH_FAULT, "FAULT" },
	{ 0, NULL },
};

struct diagnosis {
	enum health health;
	char found[512];
	const char *mend;
};

struct patient {
	struct ctl *ctl;
	struct plan *plan;
	struct error plan_error; /* code ERROR_NONE: there is a plan */
};

typedef void check_fn(struct patient *p, struct diagnosis *d);

static void
found(struct diagnosis *d, enum health health, const char *what,
    const char *more, const char *mend)
{
	d->health = health;
	snprintf(d->found, sizeof(d->found), "%s%s%s", what,
	    more[0] != '\0' ? ": " : "", more);
	d->mend = health == HEALTH_OK ? "" : mend;
}

static void
check_conf(struct patient *p, struct diagnosis *d)
{
	/* conf_load() has refused what is broken before we come here. */
	if (p->ctl->conf->path[0] == '\0')
		found(d, HEALTH_WARNING, "no configuration file", "",
		    "the defaults serve; see suppressd.conf(5)");
	else
		found(d, HEALTH_OK, p->ctl->conf->path, "", "");
}

static const struct setting *
planned(const struct patient *p, const char *name)
{
	for (size_t i = 0; i < p->plan->n; i++)
		if (strcmp(p->plan->list[i].name, name) == 0)
			return &p->plan->list[i];
	return NULL;
}

static void
check_postfix(struct patient *p, struct diagnosis *d)
{
	if (p->plan_error.code != ERROR_NONE)
		found(d, HEALTH_WARNING, "Postfix can't be asked",
		    p->plan_error.text,
		    "install Postfix, or name its directory with "
		    "--postfix-config; for Sendmail see suppressd(8)");
	else
		found(d, HEALTH_OK, "postconf answers", "", "");
}

/* True if the milter list names us, by variable or by socket. */
static const char *
our_place(const struct patient *p, const struct setting *s)
{
	const char *at = strstr(s->have, "$suppressd_milter");

	return at != NULL ? at : strstr(s->have, p->plan->milter);
}

static void
check_milters(struct patient *p, struct diagnosis *d, const char *name)
{
	const struct setting *s = planned(p, name);
	const char *at = our_place(p, s);

	if (at == NULL)
		found(d, HEALTH_FAULT, name,
		    "suppressd is not in it: such mail is not checked",
		    "suppressctl postfix --apply, then postfix reload");
	else if (at != s->have && at[-1] != '{' && at != s->have + 1 &&
		 strspn(s->have, " {") < (size_t)(at - s->have))
		found(d, HEALTH_FAULT, name,
		    "another milter stands before suppressd: a DKIM signer "
		    "there does not sign the headers that suppressd adds",
		    "put $suppressd_milter first: suppressctl postfix --apply");
	else
		found(d, HEALTH_OK, name, "suppressd is first", "");
}

static void
check_smtpd_milters(struct patient *p, struct diagnosis *d)
{
	check_milters(p, d, "smtpd_milters");
}

static void
check_non_smtpd_milters(struct patient *p, struct diagnosis *d)
{
	check_milters(p, d, "non_smtpd_milters");
}

static void
check_classes(struct patient *p, struct diagnosis *d)
{
	const struct setting *s = planned(p, "internal_mail_filter_classes");

	if (strstr(s->have, "bounce") == NULL)
		found(d, HEALTH_FAULT, s->name,
		    "lacks bounce: Postfix's own bounces teach the list "
		    "nothing",
		    "suppressctl postfix --apply, then postfix reload");
	else
		found(d, HEALTH_OK, s->name, s->have, "");
}

static void
check_bounce_service(struct patient *p, struct diagnosis *d)
{
	const struct setting *s =
	    planned(p, "bounce/unix/cleanup_service_name");
	const struct setting *c = planned(p, "cleanup-bounce/unix");

	if (s == NULL || !setting_is_right(s) || !setting_is_right(c))
		found(d, HEALTH_FAULT, "bounce service",
		    "has no cleanup service of its own: its bounces can't be "
		    "told from forged ones and are not believed",
		    "suppressctl postfix --apply, then postfix reload");
	else
		found(d, HEALTH_OK, "bounce service", s->have, "");
}

/* The milter's own default_action counts before Postfix's. */
static void
check_default_action(struct patient *p, struct diagnosis *d)
{
	const struct setting *s = planned(p, "suppressd_milter");
	char fallback[POSTFIX_TEXT] = "";
	struct error ignored;

	if (strstr(s->have, "default_action=accept") != NULL ||
	    (strstr(s->have, "default_action") == NULL &&
		postfix_expanded(p->plan->dir, "milter_default_action",
		    fallback, &ignored) &&
		strcmp(fallback, "accept") == 0))
		found(d, HEALTH_FAULT, "default action",
		    "accept: when suppressd is away, mail passes unchecked",
		    "default_action=tempfail: suppressctl postfix --apply");
	else
		found(d, HEALTH_OK, "default action", fallback, "");
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!span_copy(span_of(path), sa.sun_path, sizeof(sa.sun_path)) ||
	    connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* libmilter's "port@host". */
static int
connect_inet(const char *text)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *ai;
	struct span rest = span_of(text), port;
	char service[32], host[256];
	int fd = -1;

	(void)span_cut(&rest, '@', &port);
	(void)span_copy(port, service, sizeof(service));
	(void)span_copy(rest.len > 0 ? rest : span_of("localhost"), host,
	    sizeof(host));
	if (getaddrinfo(host, service, &hints, &all) != 0)
		return -1;
	for (ai = all; ai != NULL && fd < 0; ai = ai->ai_next) {
		fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	return fd;
}

static void
check_socket(struct patient *p, struct diagnosis *d)
{
	const char *socket_text = p->ctl->conf->socket;
	struct span rest = span_of(socket_text), kind;
	int fd;

	(void)span_cut(&rest, ':', &kind);
	fd = span_starts_nocase(kind, "inet")
		 ? connect_inet(rest.p)
		 : connect_unix(rest.len > 0 ? rest.p : socket_text);
	if (fd < 0) {
		found(d, HEALTH_FAULT, "milter socket",
		    "nobody answers: Postfix defers all mail",
		    "start suppressd; the setting is \"socket\"");
		return;
	}
	close(fd);
	found(d, HEALTH_OK, "milter socket", socket_text, "");
}

static void
check_store(struct patient *p, struct diagnosis *d)
{
	const struct store_options look = { .mode = STORE_READ };
	struct error err = { 0 };
	struct store *st = store_open(p->ctl->store_dir, &look, &err);
	int64_t last = 0;

	if (st == NULL || !store_last_time(st, &last, &err))
		found(d, HEALTH_FAULT, "store", err.text,
		    "start suppressd, or suppressctl verify tells more");
	else if (last > clock_now())
		found(d, HEALTH_FAULT, "clock",
		    "it is behind the newest event of the journal",
		    "set the clock (chrony, systemd-timesyncd)");
	else
		found(d, HEALTH_OK, "store", p->ctl->store_dir, "");
	store_close(st);
}

/* Those that need postconf's answers come to nothing without it. */
static const struct {
	const char *name;
	bool needs_plan;
	check_fn *check;
} checks[] = {
	{ "configuration", false, check_conf },
	{ "postfix", false, check_postfix },
	{ "smtpd_milters", true, check_smtpd_milters },
	{ "non_smtpd_milters", true, check_non_smtpd_milters },
	{ "internal_mail_filter_classes", true, check_classes },
	{ "bounce_label", true, check_bounce_service },
	{ "default_action", true, check_default_action },
	{ "socket", false, check_socket },
	{ "store", false, check_store },
};

static const struct column columns[] = {
	{ "check", NULL, COLUMN_TEXT, false },
	{ "health", "HEALTH", COLUMN_TEXT, false },
	{ "found", "FOUND", COLUMN_TEXT, false },
	{ "mend", "HOW TO MEND IT", COLUMN_TEXT, false },
};

enum exit_status
cmd_doctor(struct ctl *ctl)
{
	struct patient p = { .ctl = ctl };
	enum exit_status status = EXIT_YES;
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));

	p.plan = mem_new(1, sizeof(*p.plan));
	if (plan_make(ctl, p.plan, &p.plan_error))
		p.plan_error.code = ERROR_NONE;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct diagnosis d = { .mend = "" };

		if (checks[i].needs_plan && p.plan_error.code != ERROR_NONE)
			continue;
		checks[i].check(&p, &d);
		if (d.health == HEALTH_FAULT)
			status = EXIT_NO;
		output_row(o,
		    (const struct cell[]){ { .text = checks[i].name },
			{ .text = names_text(health_names, (int)d.health) },
			{ .text = d.found }, { .text = d.mend } });
	}
	free(p.plan);
	return ctl_close(ctl, o, status);
}
