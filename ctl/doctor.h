/*
 * doctor - what its checks share. A check finds one thing, right or wrong,
 * and says how to mend it; the table of checks is in cmd_doctor.c.
 */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include "ctl/postfix.h"

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_FAULT };

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

/* Fills in d: what, or "what: more". mend is forgotten if all is well. */
void doctor_found(struct diagnosis *d, enum health health, const char *what,
    const char *more, const char *mend);

/* Of Postfix's settings (doctor_postfix.c); they need a plan. */
check_fn doctor_smtpd_milters;
check_fn doctor_non_smtpd_milters;
check_fn doctor_service_milters;
check_fn doctor_classes;
check_fn doctor_bounce_label;
check_fn doctor_local_label;
check_fn doctor_default_action;
check_fn doctor_chroot;

/* What happens to the senders that mail leaves with (doctor_sender.c); they
 * need a plan, too. */
check_fn doctor_sender_maps;
check_fn doctor_delimiter;

/* Keys of tokens, and whom we believe (doctor_keys.c). */
check_fn doctor_keys;
check_fn doctor_trust;

/* The way to the daemon (doctor_socket.c). */
check_fn doctor_socket;

#endif
