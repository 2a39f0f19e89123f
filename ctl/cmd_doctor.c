/*
 * doctor: looks at configuration, Postfix, the socket and the store, and
 * says of each fault how to mend it. One check is one row of the table.
 */
#include "ctl/cmd.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctl/doctor.h"

static const struct name health_names[] = {
	{ HEALTH_OK, "ok" },
	{ HEALTH_WARNING, "warning" },
	{ HEALTH_FAULT, "fault" },
	{ 0, NULL },
};

void
doctor_found(struct diagnosis *d, enum health health, const char *what,
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
		doctor_found(d, HEALTH_WARNING, "no configuration file", "",
		    "the defaults serve; see suppressd.conf(5)");
	else
		doctor_found(d, HEALTH_OK, p->ctl->conf->path, "", "");
}

static void
check_postfix(struct patient *p, struct diagnosis *d)
{
	if (p->plan_error.code != ERROR_NONE)
		doctor_found(d, HEALTH_WARNING, "Postfix can't be asked",
		    p->plan_error.text,
		    "install Postfix, or name its directory with "
		    "--postfix-config; for Sendmail see suppressd(8)");
	else
		doctor_found(d, HEALTH_OK, "postconf answers", "", "");
}

static void
check_store(struct patient *p, struct diagnosis *d)
{
	struct error err = { 0 };
	struct store *st = ctl_look(p->ctl, false, &err);
	int64_t last;

	if (st == NULL || !store_last_time(st, &last, &err))
		doctor_found(d, HEALTH_FAULT, "store", err.text,
		    "suppressctl verify tells more; suppressctl rebuild makes "
		    "a new index");
	else
		doctor_found(d, HEALTH_OK, "store", p->ctl->store_dir, "");
	store_close(st);
}

static void
check_clock(struct patient *p, struct diagnosis *d)
{
	struct error err = { 0 };
	struct store *st = ctl_look(p->ctl, false, &err);
	char more[2 * CLOCK_TEXT + 64], now[CLOCK_TEXT], then[CLOCK_TEXT];
	int64_t last = 0, at = clock_now();

	if (st != NULL && !store_last_time(st, &last, &err))
		last = 0; /* the check of the store says so */
	clock_format(at, now);
	if (last > at) {
		clock_format(last, then);
		snprintf(more, sizeof(more),
		    "%s, behind the newest event of the journal: %s", now,
		    then);
		doctor_found(d, HEALTH_FAULT, "clock", more,
		    "set the clock (chrony, systemd-timesyncd)");
	} else {
		doctor_found(d, HEALTH_OK, "clock", now, "");
	}
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
	{ "smtpd_milters", true, doctor_smtpd_milters },
	{ "non_smtpd_milters", true, doctor_non_smtpd_milters },
	{ "service_milters", true, doctor_service_milters },
	{ "internal_mail_filter_classes", true, doctor_classes },
	{ "bounce_label", true, doctor_bounce_label },
	{ "local_label", true, doctor_local_label },
	{ "default_action", true, doctor_default_action },
	{ "chroot", true, doctor_chroot },
	{ "sender_maps", true, doctor_sender_maps },
	{ "recipient_delimiter", true, doctor_delimiter },
	{ "socket", false, doctor_socket },
	{ "keys", false, doctor_keys },
	{ "trust", false, doctor_trust },
	{ "store", false, check_store },
	{ "clock", false, check_clock },
};

static const struct column columns[] = {
	{ "check", NULL, COLUMN_TEXT, false },
	{ "health", NULL, COLUMN_TEXT, false },
	{ "found", NULL, COLUMN_TEXT, false },
	{ "mend", NULL, COLUMN_TEXT, false },
};

/* For people: the remedy below what is wrong. */
static void
print_text(const struct ctl *ctl, const struct diagnosis *d)
{
	fprintf(ctl->out, "%-8s ", names_text(health_names, (int)d->health));
	ctl_put(ctl, d->found);
	fputs("\n", ctl->out);
	if (d->mend[0] != '\0')
		fprintf(ctl->out, "         mend: %s\n", d->mend);
}

static void
print(const struct ctl *ctl, struct output *o, const char *name,
    const struct diagnosis *d)
{
	if (o == NULL)
		print_text(ctl, d);
	else
		output_row(o,
		    (const struct cell[]){ { .text = name },
			{ .text = names_text(health_names, (int)d->health) },
			{ .text = d->found }, { .text = d->mend } });
}

enum exit_status
cmd_doctor(struct ctl *ctl)
{
	struct patient p = { .ctl = ctl };
	enum exit_status status = EXIT_YES;
	struct output *o = NULL;

	if (ctl->form != OUTPUT_TEXT)
		o = output_open(ctl->out, ctl->form, columns,
		    ARRAY_LEN(columns));
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
		print(ctl, o, checks[i].name, &d);
	}
	free(p.plan);
	return o != NULL ? ctl_close(ctl, o, status) : status;
}
