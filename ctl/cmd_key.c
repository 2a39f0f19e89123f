/*
 * key - the keys of tokens: made, listed and retired.
 */
#include "ctl/cmd.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/keys.h"

static const struct column columns[] = {
	{ "id", "ID", COLUMN_TEXT, false },
	{ "state", "STATE", COLUMN_TEXT, false },
	{ "made", "MADE", COLUMN_TIME, false },
};

static struct keys *
load(const struct ctl *ctl, struct error *err)
{
	return keys_load(ctl->conf->token_keys, ctl->conf->token_sign, err);
}

static const char *
state_of(const struct keys *ring, const struct key *k)
{
	if (k->retired)
		return "retired";
	return k == keys_signer(ring) ? "signs" : "verifies";
}

/* All, or that of one ID. */
static enum exit_status
print(const struct ctl *ctl, const char *id)
{
	struct error err = { 0 };
	struct keys *ring = load(ctl, &err);
	const struct key *k;
	struct output *o;

	if (ring == NULL)
		return ctl_fail(ctl, &err);
	o = output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));
	for (size_t i = 0; (k = keys_at(ring, i)) != NULL; i++)
		if (id == NULL || strcmp(id, k->id) == 0)
			output_row(o, (const struct cell[]){ { .text = k->id },
					  { .text = state_of(ring, k) },
					  { .number = k->made } });
	keys_unref(ring);
	return ctl_close(ctl, o, EXIT_YES);
}

static enum exit_status
list(const struct ctl *ctl, const char *id)
{
	if (id[0] == '\0')
		return print(ctl, NULL);
	log_error("%s: list takes no ID", ctl->command);
	return EXIT_USAGE;
}

/*
 * Root makes it for those who will read it: the owner of the directory, or
 * where that is new, of the store.
 */
static void
readers(const struct ctl *ctl, int *owner, int *group)
{
	struct stat st;

	*owner = *group = -1;
	if (geteuid() != 0 || (stat(ctl->conf->token_keys, &st) != 0 &&
				  stat(ctl->store_dir, &st) != 0))
		return;
	*owner = (int)st.st_uid;
	*group = (int)st.st_gid;
}

static enum exit_status
make(const struct ctl *ctl, const char *id)
{
	char taken[LIMIT_KEY_ID_TEXT];
	struct error err = { 0 };
	int owner, group;

	if (!span_copy(span_of(id), taken, sizeof(taken))) {
		log_error("%s: an ID has at most 32 bytes", ctl->command);
		return EXIT_USAGE;
	}
	readers(ctl, &owner, &group);
	if (!keys_make(ctl->conf->token_keys, taken, ctl->now, owner, group,
		&err))
		return ctl_fail(ctl, &err);
	return print(ctl, taken);
}

static enum exit_status
retire(const struct ctl *ctl, const char *id)
{
	struct error err = { 0 };
	enum exit_status status;
	struct keys *ring;

	if (!keys_retire(ctl->conf->token_keys, id, &err))
		return ctl_fail(ctl, &err);
	status = print(ctl, id);
	ring = load(ctl, &err);
	if (ring != NULL && keys_signer(ring) == NULL)
		log_warning("%s: no key signs now; key new makes one",
		    ctl->command);
	keys_unref(ring);
	return status;
}

static const struct verb verbs[] = {
	{ "new", make },
	{ "list", list },
	{ "retire", retire },
	{ 0 },
};

enum exit_status
cmd_key(struct ctl *ctl)
{
	return ctl_verb(ctl, verbs);
}
