/*
 * doctor: the keys of tokens, and whom the settings believe.
 */
#include "ctl/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "policy/keys.h"

#define NEW_KEY "suppressctl key new, then systemctl reload suppressd"

/* A key that signs for longer should have a successor. */
#define OLD_DAYS (2 * 365)

/* The daemon's user is who the store belongs to. False: we can't tell. */
static bool
daemon_user(const struct patient *p, uid_t *uid, char *name, size_t size)
{
	const struct passwd *pw;
	struct stat st;

	if (stat(p->ctl->store_dir, &st) != 0)
		return false;
	*uid = st.st_uid;
	pw = getpwuid(*uid);
	if (pw != NULL)
		snprintf(name, size, "%.32s", pw->pw_name);
	else
		snprintf(name, size, "user %u", (unsigned)*uid);
	return true;
}

/* The directory, or a key in it: both are their owner's alone. */
static bool
is_readable(const struct patient *p, const char *path, struct diagnosis *d)
{
	char name[48], more[400];
	struct stat st;
	uid_t uid;

	if (!daemon_user(p, &uid, name, sizeof(name)) || uid == 0 ||
	    stat(path, &st) != 0 || st.st_uid == uid)
		return true;
	snprintf(more, sizeof(more),
	    "%.180s does not belong to %s, whom suppressd runs as", path, name);
	doctor_found(d, HEALTH_FAULT, "keys of tokens", more,
	    "chown -R it to the owner of the store");
	return false;
}

static bool
are_readable(const struct patient *p, const struct keys *ring,
    struct diagnosis *d)
{
	const char *dir = p->ctl->conf->token_keys;
	const struct key *k;
	char path[1024];

	for (size_t i = 0; (k = keys_at(ring, i)) != NULL; i++) {
		snprintf(path, sizeof(path), "%s/%s%s.key", dir, k->id,
		    k->retired ? ".retired" : "");
		if (!is_readable(p, path, d))
			return false;
	}
	return is_readable(p, dir, d);
}

static void
judge_signer(const struct patient *p, const struct keys *ring,
    struct diagnosis *d)
{
	const struct key *signer = keys_signer(ring);
	bool wanted = p->ctl->conf->streams_want_token;
	int64_t days;
	char more[160];

	if (signer == NULL && wanted) {
		doctor_found(d, HEALTH_FAULT, "keys of tokens",
		    "a stream wants a token (token, unsubscribe_mailto, "
		    "unsubscribe_https, cfbl), and no key signs: its mail "
		    "gets none",
		    NEW_KEY);
		return;
	}
	if (signer == NULL) {
		doctor_found(d, HEALTH_OK, "keys of tokens",
		    "none signs, and no stream wants a token", "");
		return;
	}
	days = (p->ctl->now - signer->made) / CLOCK_DAY_S;
	snprintf(more, sizeof(more), "%s signs, made %" PRId64 " days ago",
	    signer->id, days);
	doctor_found(d, days > OLD_DAYS ? HEALTH_WARNING : HEALTH_OK,
	    "keys of tokens", more,
	    NEW_KEY "; suppressctl key retire the old one when the new one "
		    "is on every host");
}

void
doctor_keys(struct patient *p, struct diagnosis *d)
{
	const struct conf *c = p->ctl->conf;
	struct keys *ring;
	struct error err;

	if (access(c->token_keys, R_OK | X_OK) != 0 && errno != ENOENT) {
		error_errno(&err, "%.180s", c->token_keys);
		doctor_found(d, HEALTH_WARNING, "keys of tokens", err.text,
		    "ask again as root");
		return;
	}
	ring = keys_load(c->token_keys, c->token_sign, &err);
	if (ring == NULL)
		doctor_found(d, HEALTH_FAULT, "keys of tokens", err.text,
		    "until then no mail gets a token, and none is believed; "
		    "see token in suppressd.conf(5)");
	else if (are_readable(p, ring, d))
		judge_signer(p, ring, d);
	keys_unref(ring);
}

static bool
has_cfbl(const struct conf *c)
{
	for (size_t i = 0; i < c->streams_n; i++)
		if (c->streams[i].cfbl[0] != '\0')
			return true;
	return false;
}

void
doctor_trust(struct patient *p, struct diagnosis *d)
{
	const struct conf *c = p->ctl->conf;

	if (c->trust_unproven != 0)
		doctor_found(d, HEALTH_WARNING, "trust",
		    "reports that nothing proves are believed: who can send "
		    "mail here can suppress any recipient",
		    "trust.unproven = [ ]; see suppressd(8), Trust");
	else if (has_cfbl(c) && c->authserv_ids.n == 0)
		doctor_found(d, HEALTH_WARNING, "trust",
		    "a stream has cfbl, and authserv_ids names no host that "
		    "checks DKIM: no complaint of that loop is believed",
		    "inbound.authserv_ids = [ \"HOST\" ]; see "
		    "suppressd.conf(5), A feedback loop for everybody");
	else if (c->authserv_ids.n > 0 && c->trusted_reporters.n == 0 &&
		 !has_cfbl(c))
		doctor_found(d, HEALTH_WARNING, "trust",
		    "authserv_ids names hosts, but trusted_reporters nobody "
		    "whom they could prove",
		    "name the reporters, as your feedback loops' domains");
	else
		doctor_found(d, HEALTH_OK, "trust",
		    "only what is proven is believed", "");
}
