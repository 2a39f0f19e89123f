#include "ctl/doctor.h"

#include <string.h>

#include "ctl/milters.h"

#define APPLY "suppressctl postfix --apply, then postfix reload"

/* Where suppressd stands in a list of milters whose variables are expanded. */
struct place {
	bool there;
	char before[256]; /* a milter that stands before it; "": none */
	char action[32];  /* its own default_action; "": none */
};

static void
find_place(const struct plan *p, const char *list_text, struct place *at)
{
	struct span list = span_of(list_text);
	char form[POSTFIX_TEXT];
	struct milter m;

	*at = (struct place){ 0 };
	while (!at->there && milters_next(&list, &m)) {
		postfix_socket(p->queue, m.name, form);
		at->there = strcmp(form, p->milter) == 0;
		memcpy(at->there ? at->action : at->before,
		    at->there ? m.action : m.name,
		    at->there ? sizeof(at->action) : sizeof(at->before));
	}
}

/* may_verify: a milter before suppressd may be the one that authserv_ids
 * believes. */
static void
judge(const struct plan *p, struct diagnosis *d, const char *name,
    const char *list, bool may_verify)
{
	char more[400];
	struct place at;

	find_place(p, list, &at);
	if (!at.there) {
		doctor_found(d, HEALTH_FAULT, name,
		    "suppressd is not in it: such mail is not checked", APPLY);
	} else if (at.before[0] != '\0') {
		snprintf(more, sizeof(more),
		    "%s stands before suppressd: a DKIM signer there does not "
		    "sign the headers that suppressd adds",
		    at.before);
		doctor_found(d, may_verify ? HEALTH_WARNING : HEALTH_FAULT,
		    name, more,
		    may_verify ? "leave it if it only verifies, for "
				 "authserv_ids; else put $suppressd_milter "
				 "first"
			       : "put $suppressd_milter first: " APPLY);
	} else {
		doctor_found(d, HEALTH_OK, name, "suppressd is first", "");
	}
}

static void
check_list(struct patient *p, struct diagnosis *d, const char *name,
    bool is_for_smtp)
{
	char list[POSTFIX_TEXT];
	struct error err;

	if (!postfix_expanded(p->plan->dir, name, list, &err))
		doctor_found(d, HEALTH_FAULT, name, err.text,
		    "see postconf(1)");
	else
		judge(p->plan, d, name, list,
		    is_for_smtp && p->ctl->conf->authserv_ids.n > 0);
}

void
doctor_smtpd_milters(struct patient *p, struct diagnosis *d)
{
	check_list(p, d, "smtpd_milters", true);
}

void
doctor_non_smtpd_milters(struct patient *p, struct diagnosis *d)
{
	check_list(p, d, "non_smtpd_milters", false);
}

/* "submission/inet/smtpd_milters = list" of master.cf; the first that is
 * wrong is told. */
static void
check_own_list(struct patient *p, struct diagnosis *d, struct span line)
{
	struct span value = line, name, last, word;
	char label[128], list[POSTFIX_TEXT];

	(void)span_cut(&value, '=', &name);
	name = span_trim(name);
	for (last = name; span_find(last, '/') < last.len;)
		(void)span_cut(&last, '/', &word);
	if ((!span_is(last, "smtpd_milters") &&
		!span_is(last, "non_smtpd_milters")) ||
	    !span_copy(name, label, sizeof(label)) ||
	    !span_copy(span_trim(value), list, sizeof(list)))
		return;
	if (list[0] != '\0')
		judge(p->plan, d, label, list,
		    span_is(last, "smtpd_milters") &&
			p->ctl->conf->authserv_ids.n > 0);
	else
		doctor_found(d, HEALTH_WARNING, label,
		    "empty: mail that comes in there is not checked",
		    "take the option out, unless mail only comes back there "
		    "from a filter");
}

void
doctor_service_milters(struct patient *p, struct diagnosis *d)
{
	struct error err;
	struct span all, line;
	struct buf text;

	doctor_found(d, HEALTH_OK, "services of master.cf",
	    "none has a list without suppressd", "");
	buf_init(&text, 256 * 1024);
	if (!postfix_options(p->plan->dir, true, &text, &err))
		doctor_found(d, HEALTH_FAULT, "master.cf", err.text,
		    "see postconf(1)");
	all = buf_span(&text);
	while (d->health != HEALTH_FAULT && span_line(&all, &line)) {
		struct diagnosis one = { .mend = "" };

		check_own_list(p, &one, line);
		if (one.health > d->health)
			*d = one;
	}
	buf_done(&text);
}

void
doctor_classes(struct patient *p, struct diagnosis *d)
{
	const struct setting *s =
	    plan_find(p->plan, "internal_mail_filter_classes");

	if (strstr(s->have, "bounce") == NULL)
		doctor_found(d, HEALTH_FAULT, s->name,
		    "lacks bounce: Postfix's own bounces teach the list "
		    "nothing",
		    APPLY);
	else
		doctor_found(d, HEALTH_OK, s->name, s->have, "");
}

/* True if the service has the cleanup service that the plan wants for it. */
static bool
has_label(const struct plan *p, const char *option, const char *cleanup)
{
	const struct setting *s = plan_find(p, option);
	const struct setting *c = plan_find(p, cleanup);

	return s != NULL && setting_is_right(s) && setting_is_right(c);
}

void
doctor_bounce_label(struct patient *p, struct diagnosis *d)
{
	if (has_label(p->plan, "bounce/unix/cleanup_service_name",
		"cleanup-bounce/unix"))
		doctor_found(d, HEALTH_OK, "bounce service", "cleanup-bounce",
		    "");
	else
		doctor_found(d, HEALTH_FAULT, "bounce service",
		    "has no cleanup service of its own: its bounces can't be "
		    "told from forged ones and are not believed",
		    APPLY);
}

void
doctor_local_label(struct patient *p, struct diagnosis *d)
{
	if (has_label(p->plan, "pickup/unix/cleanup_service_name",
		"cleanup-local/unix"))
		doctor_found(d, HEALTH_OK, "pickup service", "cleanup-local",
		    "");
	else
		doctor_found(d, HEALTH_FAULT, "pickup service",
		    "has no cleanup service of its own: mail of sendmail(1) "
		    "is not known as outbound",
		    APPLY);
}

/* What happens to mail when suppressd is away: the milter's own setting
 * counts before Postfix's. */
void
doctor_default_action(struct patient *p, struct diagnosis *d)
{
	static const char *const lists[] = { "smtpd_milters",
		"non_smtpd_milters" };
	char list[POSTFIX_TEXT], fallback[POSTFIX_TEXT] = "";
	struct error ignored;
	struct place at;

	if (!postfix_expanded(p->plan->dir, "milter_default_action", fallback,
		&ignored))
		fallback[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *action;

		if (!postfix_expanded(p->plan->dir, lists[i], list, &ignored))
			continue;
		find_place(p->plan, list, &at);
		action = at.action[0] != '\0' ? at.action : fallback;
		if (strcmp(action, "accept") == 0) {
			doctor_found(d, HEALTH_FAULT, "default action",
			    "accept: when suppressd is away, mail passes "
			    "unchecked",
			    "default_action=tempfail: " APPLY);
			return;
		}
		doctor_found(d, HEALTH_OK, "default action", action, "");
	}
}

/* A chrooted smtpd sees only what is in the queue directory. */
void
doctor_chroot(struct patient *p, struct diagnosis *d)
{
	struct setting smtpd = { .place = PLACE_SERVICE, .name = "smtp/inet" };
	struct span rest, word = { "", 0 };
	struct error ignored;

	doctor_found(d, HEALTH_OK, "place of the socket", p->plan->milter, "");
	if (strncmp(p->plan->milter, "unix:/", 6) != 0 ||
	    !postfix_read(p->plan->dir, &smtpd, &ignored))
		return;
	rest = span_of(smtpd.have);
	for (int i = 0; i < 5; i++)
		(void)span_cut(&rest, ' ', &word);
	if (span_is(word, "y"))
		doctor_found(d, HEALTH_FAULT, "place of the socket",
		    "not in Postfix's queue directory, and smtpd, which is "
		    "chrooted, can't reach it elsewhere",
		    "socket = "
		    "\"unix:/var/spool/postfix/suppress/milter.sock\"");
}
