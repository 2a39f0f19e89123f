#include "ctl/command.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

/* How long a change waits for another suppressctl that has the lock. */
#define LOCK_WAIT_S 30

enum exit_status
ctl_fail(const struct ctl *ctl, const struct error *err)
{
	log_error("%s: %s", ctl->command, err->text);
	switch (err->code) {
	case ERROR_INVALID:
	case ERROR_LIMIT:
	case ERROR_REFUSED:
		return EXIT_USAGE;
	default:
		return EXIT_FAILED;
	}
}

/* Opens it and says on standard error what recovery did. */
static struct store *
open_told(const struct ctl *ctl, const struct store_options *options,
    struct error *err)
{
	struct store *st = store_open(ctl->store_dir, options, err);

	if (st != NULL && store_recovery_note(st)[0] != '\0')
		log_warning("%s: %s", ctl->store_dir, store_recovery_note(st));
	return st;
}

struct store *
ctl_look(const struct ctl *ctl, struct error *err)
{
	const struct store_options look = { .mode = STORE_READ };
	const struct store_options mend = { .mode = STORE_WRITE };
	struct error ignored;
	struct store *st = store_open(ctl->store_dir, &look, err);

	if (st == NULL && err->code == ERROR_CORRUPT)
		st = open_told(ctl, &mend, &ignored);
	return st;
}

struct store *
ctl_change(const struct ctl *ctl, struct error *err)
{
	const struct store_options options = { .mode = STORE_CHANGE,
		.create = true,
		.lock_wait_s = LOCK_WAIT_S };

	return open_told(ctl, &options, err);
}

void
ctl_actor(char out[LIMIT_ACTOR_TEXT])
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	/* Only root may speak for somebody else. */
	if (getuid() == 0 && sudo != NULL && sudo[0] != '\0') {
		(void)span_copy(span_of(sudo), out, LIMIT_ACTOR_TEXT);
		return;
	}
	pw = getpwuid(getuid());
	if (pw != NULL)
		(void)span_copy(span_of(pw->pw_name), out, LIMIT_ACTOR_TEXT);
	else
		snprintf(out, LIMIT_ACTOR_TEXT, "uid %u", (unsigned)getuid());
}

enum exit_status
ctl_close(const struct ctl *ctl, struct output *o, enum exit_status status)
{
	struct error err;

	if (output_close(o) || errno == EPIPE)
		return status;
	error_errno(&err, "cannot write the output");
	return ctl_fail(ctl, &err);
}
