#include "milter/upkeep.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "milter/inbound.h"
#include "policy/expire.h"

/* How often the thread looks round where nobody waits for a sign of life. */
#define LOOK_INTERVAL_MS (60 * INT64_C(1000))

/* How often the store is cleaned of what has expired. */
#define CLEAN_INTERVAL_MS (3600 * INT64_C(1000))

/* The rest between two pieces of that: mail goes first. */
#define CLEAN_PAUSE_MS 20

/* One lock for both: a session asks once. */
static struct {
	pthread_mutex_t lock;
	struct conf *conf;
	struct keys *keys; /* NULL: none */
} current = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct {
	char path[CONF_PATH_TEXT];
	struct store *store;
	struct refusals *refusals;
	uint64_t lost; /* refusals that the log knows of */
	int64_t interval_ms;
	bool started;
	pthread_t thread;
	atomic_bool ending;
} with;

void
upkeep_current(struct conf **c, struct keys **keys)
{
	pthread_mutex_lock(&current.lock);
	*c = conf_ref(current.conf);
	*keys = keys_ref(current.keys);
	pthread_mutex_unlock(&current.lock);
}

/* Takes over both references. keys NULL: the old ones stay with a new c. */
static void
replace(struct conf *c, struct keys *keys)
{
	struct keys *old_keys = NULL;
	struct conf *old;

	pthread_mutex_lock(&current.lock);
	old = current.conf;
	current.conf = c;
	if (keys != NULL || c == NULL) {
		old_keys = current.keys;
		current.keys = keys;
	}
	pthread_mutex_unlock(&current.lock);
	conf_unref(old);
	keys_unref(old_keys);
}

void
upkeep_take(struct conf *c)
{
	struct error err;
	struct keys *keys = keys_load(c->token_keys, c->token_sign, &err);

	if (keys == NULL)
		log_error("tokens: %s", err.text);
	else if (c->streams_want_token && keys_signer(keys) == NULL)
		log_warning("tokens: no key signs in %s, so that no mail gets "
			    "one: suppressctl key new",
		    c->token_keys);
	replace(c, keys);
}

void
upkeep_forget(void)
{
	replace(NULL, NULL);
}

static void
only_usr1(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGUSR1);
}

void
upkeep_block_signals(void)
{
	static const int waited_for[] = { SIGUSR1, SIGTERM, SIGINT, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(waited_for); i++)
		sigaddset(&set, waited_for[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* These are taken once, at the start. */
static void
tell_what_waits(const struct conf *old, const struct conf *new)
{
	if (strcmp(old->store, new->store) != 0)
		log_warning("store: the new setting waits for a restart");
	if (strcmp(old->socket, new->socket) != 0)
		log_warning("socket: the new setting waits for a restart");
	if (strcmp(old->user, new->user) != 0)
		log_warning("user: the new setting waits for a restart");
	if (strcmp(old->dns_server, new->dns_server) != 0 ||
	    old->dns_port != new->dns_port ||
	    old->dns_timeout_s != new->dns_timeout_s)
		log_warning("dns: the new settings wait for a restart");
	if (old->log_to != new->log_to || old->log_debug != new->log_debug)
		log_warning("log, debug: the new settings wait for a restart");
}

struct refusals_limits
upkeep_refusals_limits(const struct conf *c)
{
	return (struct refusals_limits){ .days = c->refusals_days,
		.max_bytes = (int64_t)c->refusals_max_mib * 1024 * 1024 };
}

static void
reload(void)
{
	struct keys *keys;
	struct conf *old, *new;
	struct refusals_limits limits;
	struct error err;

	if (with.path[0] == '\0') {
		log_error("not reloaded: it runs with the defaults, without a "
			  "configuration file");
		return;
	}
	notify_reloading();
	new = conf_load(with.path, &err);
	if (new == NULL) {
		log_error("not reloaded, the old configuration stays: %s",
		    err.text);
	} else {
		upkeep_current(&old, &keys);
		tell_what_waits(old, new);
		conf_unref(old);
		keys_unref(keys);
		limits = upkeep_refusals_limits(new);
		if (with.refusals != NULL)
			refusals_limit(with.refusals, &limits);
		upkeep_take(new);
		log_info("reloaded %s", with.path);
	}
	notify_ready();
}

/*
 * A lookup that hangs never comes to the end of this, and the service
 * manager starts us again. One that fails does: a restart would not help.
 */
static void
prove_life(void)
{
	struct error ignored;

	(void)!store_answers(with.store, &ignored);
	notify_alive();
}

/* Does what is to be done within the next milliseconds. False: it is time to
 * end. */
static bool
watch(int64_t ms)
{
	const struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
	static int64_t proven;
	sigset_t set;

	only_usr1(&set);
	if (sigtimedwait(&set, NULL, &wait) == SIGUSR1 &&
	    !atomic_load(&with.ending))
		reload();
	if (with.interval_ms > 0 &&
	    clock_monotonic_ms() - proven >= with.interval_ms) {
		prove_life();
		proven = clock_monotonic_ms();
	}
	inbound_tell_held(clock_monotonic_ms() / 1000);
	return !atomic_load(&with.ending);
}

static bool
pause_cleaning(void *arg)
{
	(void)arg;
	return watch(CLEAN_PAUSE_MS);
}

/* What fails is tried again an hour later: nothing that expired counts. */
static void
clean(void)
{
	uint64_t lifted;
	struct error err;

	if (!expire(with.store, clock_now(), pause_cleaning, NULL, &lifted,
		&err))
		log_warning("expired reasons stay for now: %s", err.text);
	if (lifted > 0)
		log_info("%llu expired reasons were taken out of the store",
		    (unsigned long long)lifted);
}

static void
tell_lost(void)
{
	uint64_t lost =
	    with.refusals != NULL ? refusals_lost(with.refusals) : 0;

	if (lost > with.lost)
		log_warning("%llu refusals are not in the history: the disk "
			    "is full or too slow, or refusals.max_mib is "
			    "reached",
		    (unsigned long long)(lost - with.lost));
	with.lost = lost;
}

/* At the start, too: one that is started anew each day has to get there. */
static void *
upkeep(void *arg)
{
	int64_t wait_ms =
	    with.interval_ms > 0 ? with.interval_ms : LOOK_INTERVAL_MS;
	int64_t cleaned;

	do {
		clean();
		tell_lost();
		cleaned = clock_monotonic_ms();
		while (watch(wait_ms) &&
		       clock_monotonic_ms() - cleaned < CLEAN_INTERVAL_MS)
			;
	} while (!atomic_load(&with.ending));
	tell_lost();
	return arg;
}

bool
upkeep_start(const char *path, struct store *store, struct refusals *refusals,
    struct error *err)
{
	(void)span_copy(span_of(path), with.path, sizeof(with.path));
	with.store = store;
	with.refusals = refusals;
	with.interval_ms = notify_interval_ms();
	errno = pthread_create(&with.thread, NULL, upkeep, NULL);
	if (errno != 0) {
		error_errno(err, "no thread");
		return false;
	}
	with.started = true;
	return true;
}

void
upkeep_stop(void)
{
	if (!with.started)
		return;
	atomic_store(&with.ending, true);
	/* It has blocked the signal: one that comes early waits. */
	pthread_kill(with.thread, SIGUSR1);
	pthread_join(with.thread, NULL);
	with.started = false;
}
