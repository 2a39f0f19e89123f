/*
 * token - the tokens of programs that use the API: made, listed, revoked.
 */
#include "ctl/cmd.h"

#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/access.h"

static const struct column columns[] = {
	{ "name", "NAME", COLUMN_TEXT, false },
	{ "scope", "SCOPE", COLUMN_TEXT, false },
	{ "made", "MADE", COLUMN_TIME, false },
	{ "expires", "EXPIRES", COLUMN_TIME, false },
	{ "expired", NULL, COLUMN_BOOL, false },
};

struct listing {
	const struct ctl *ctl;
	struct output *out;
};

static void
print(const struct access_token *t, void *arg)
{
	const struct listing *l = arg;

	output_row(l->out,
	    (const struct cell[]){ { .text = t->name },
		{ .text = names_text(access_scope_names, (int)t->scope) },
		{ .number = t->made }, { .number = t->expires },
		{ .number = t->expires != 0 && t->expires <= l->ctl->now } });
}

static enum exit_status
list(const struct ctl *ctl, const char *name)
{
	struct listing l = { .ctl = ctl };
	enum exit_status status = EXIT_YES;
	struct error err;

	if (name[0] != '\0') {
		log_error("%s: list takes no name", ctl->command);
		return EXIT_USAGE;
	}
	l.out = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	if (!access_list(ctl->conf->web_tokens, print, &l, &err))
		status = ctl_fail(ctl, &err);
	return ctl_close(ctl, l.out, status);
}

/*
 * Root makes it for suppressd-web to read: for the group of the directory,
 * or where that is new, for that of suppressd-web.
 */
static int
readers(const struct ctl *ctl)
{
	const struct group *group;
	struct stat st;

	if (geteuid() != 0)
		return -1;
	if (stat(ctl->conf->web_tokens, &st) == 0)
		return (int)st.st_gid;
	group = getgrnam(STORE_SPEAKER);
	return group != NULL ? (int)group->gr_gid : -1;
}

static enum exit_status
make(const struct ctl *ctl, const char *name)
{
	static const struct column made[] = {
		{ "name", "NAME", COLUMN_TEXT, false },
		{ "scope", "SCOPE", COLUMN_TEXT, false },
		{ "token", "TOKEN (SHOWN ONCE)", COLUMN_TEXT, false },
	};
	struct access_token t = { .scope = ctl->opt.scope, .made = ctl->now };
	char text[ACCESS_TEXT];
	struct output *o;
	struct error err;

	if (t.scope == ACCESS_NONE) {
		log_error("%s: new wants --scope read, write or admin",
		    ctl->command);
		return EXIT_USAGE;
	}
	if (ctl->opt.expires_s != 0)
		t.expires = ctl->now + ctl->opt.expires_s;
	/* One that is cut would be another name. */
	if (!span_copy(span_of(name), t.name, sizeof(t.name)))
		t.name[0] = '\0';
	if (!access_make(ctl->conf->web_tokens, &t, readers(ctl), text, &err))
		return ctl_fail(ctl, &err);
	o = output_open(ctl->out, ctl->form, made, ARRAY_LEN(made));
	output_row(o,
	    (const struct cell[]){ { .text = t.name },
		{ .text = names_text(access_scope_names, (int)t.scope) },
		{ .text = text } });
	return ctl_close(ctl, o, EXIT_YES);
}

static enum exit_status
take_away(const struct ctl *ctl, const char *name)
{
	struct error err;

	if (!access_revoke(ctl->conf->web_tokens, name, &err))
		return ctl_fail(ctl, &err);
	return EXIT_YES;
}

static const struct verb verbs[] = {
	{ "new", make },
	{ "list", list },
	{ "revoke", take_away },
	{ 0 },
};

enum exit_status
cmd_token(struct ctl *ctl)
{
	return ctl_verb(ctl, verbs);
}
