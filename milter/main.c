/*
 * suppressd - the milter daemon: reads its options and settings, opens the
 * store and the socket, serves, and stops without losing a message.
 */
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "conf/daemon.h"
#include "config.h"
#include "milter/answers.h"
#include "milter/callbacks.h"
#include "milter/inbound.h"
#include "milter/mender.h"
#include "milter/upkeep.h"

/* How long to wait for a suppressctl that has the store's lock. */
#define LOCK_WAIT_S 30

/* How long callbacks may take that still run when we stop. */
#define STOP_WAIT_S 10

/* Connections that wait for us: a busy Postfix opens many at once. */
#define BACKLOG 512

static const struct daemon about = {
	"suppressd",
	"SIGTERM stops it, SIGUSR1 makes it read its configuration again.\n",
	offsetof(struct conf, user),
};

/*
 * The store to write, and to serve to others. Where the journal is damaged
 * nothing may be written, but the list goes on to be kept.
 */
static struct store *
open_store(const struct conf *c, struct error *err)
{
	const char *dir = c->store;
	const struct store_options write = { .mode = STORE_WRITE,
		.create = true,
		.hashed = c->privacy == CONF_HASHED,
		.lock_wait_s = LOCK_WAIT_S };
	const struct store_options look = { .mode = STORE_READ };
	struct store *st = store_open(dir, &write, err);

	if (st == NULL && err->code == ERROR_CORRUPT) {
		log_error("%s", err->text);
		log_error("lookups go on with what the index knows; changes "
			  "and reports wait until this is mended");
		return store_open(dir, &look, err);
	}
	if (st == NULL)
		return NULL;
	if (store_recovery_note(st)[0] != '\0')
		log_warning("%s: %s", dir, store_recovery_note(st));
	if (store_serve(st, answers_give, err))
		return st;
	store_close(st);
	return NULL;
}

static struct spf *
open_spf(const struct conf *c)
{
	struct spf_settings settings = { .port = c->dns_port,
		.timeout_s = c->dns_timeout_s,
		.program = "/proc/self/exe" };
	struct error err;
	struct spf *spf;

	(void)span_copy(span_of(c->dns_server), settings.server,
	    sizeof(settings.server));
	spf = spf_open(&settings, &err);
	if (spf == NULL)
		log_warning("SPF proves nothing: %s", err.text);
	return spf;
}

/* Without it mail goes on all the same. */
static struct refusals *
open_refusals(const struct conf *c, struct store *st)
{
	struct refusals_limits limits = upkeep_refusals_limits(c);
	struct error err;
	struct refusals *r = refusals_open(c->store, &limits, &err);

	if (r == NULL)
		log_warning("refusals are not in the history: %s", err.text);
	else
		refusals_hide(r, st);
	return r;
}

/*
 * libmilter removes a socket that is there, also one that somebody listens
 * on: a lock beside it tells.
 */
static bool
lock_socket(const char *socket, struct error *err)
{
	char path[CONF_PATH_TEXT + 16];
	int fd;

	if (!span_starts_nocase(span_of(socket), "unix:"))
		return true;
	snprintf(path, sizeof(path), "%s.lock", strchr(socket, ':') + 1);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		error_errno(err, "socket: cannot make %.180s", path);
		return false;
	}
	/* Held until the end of the program. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	error_set(err, ERROR_BUSY,
	    "socket: another suppressd serves it (it "
	    "has locked %.120s)",
	    path);
	close(fd);
	return false;
}

static bool
open_socket(const struct shared *shared, const char *socket, struct error *err)
{
	if (!callbacks_register(shared, socket, err))
		return false;
	(void)smfi_setbacklog(BACKLOG);
	if (smfi_opensocket(true) == MI_SUCCESS)
		return true;
	error_set(err, ERROR_IO,
	    "socket: cannot listen on %.160s: is it in use, or its directory "
	    "missing or not ours to write?",
	    socket);
	return false;
}

static enum exit_status
serve(const struct conf *c, struct shared *shared)
{
	struct error err;
	int ended;

	if (!open_socket(shared, c->socket, &err) ||
	    !upkeep_start(c->path, shared->store, shared->refusals, &err) ||
	    !mender_start(shared->store, &err)) {
		log_error("%s", err.text);
		return EXIT_FAILED;
	}
	log_info("suppressd " PACKAGE_VERSION " serves %s, store %s", c->socket,
	    c->store);
	notify_ready();
	ended = smfi_main();
	notify_stopping();
	if (ended != MI_SUCCESS)
		log_error("libmilter has failed");
	return ended == MI_SUCCESS ? EXIT_STOPPED : EXIT_FAILED;
}

/* The store is closed only when nobody uses it any more; what was
 * acknowledged is on the disk in any case. */
static enum exit_status
run(struct conf *c)
{
	struct shared shared = { .current = upkeep_current };
	enum exit_status status;
	struct error err;

	/* The socket first: another one of us with the same configuration
	 * is noticed at once. */
	if (lock_socket(c->socket, &err))
		shared.store = open_store(c, &err);
	if (shared.store == NULL) {
		log_error("%s", err.text);
		return EXIT_FAILED;
	}
	shared.spf = open_spf(c);
	shared.refusals = open_refusals(c, shared.store);
	status = serve(c, &shared);
	mender_stop();
	upkeep_stop();
	if (!callbacks_stop(STOP_WAIT_S)) {
		log_warning("stopped with a message in the middle: it comes "
			    "again");
		_exit((int)status);
	}
	inbound_tell_held(INT64_MAX);
	spf_close(shared.spf);
	refusals_close(shared.refusals);
	store_close(shared.store);
	log_info("stopped");
	return status;
}

/* A running daemon bears bad keys; a test tells of them. */
static enum exit_status
test_keys(const struct conf *c)
{
	struct error err;
	struct keys *ring;

	if (!c->streams_want_token)
		return EXIT_STOPPED;
	ring = keys_load(c->token_keys, c->token_sign, &err);
	if (ring == NULL)
		log_error("tokens: %s", err.text);
	keys_unref(ring);
	return ring != NULL ? EXIT_STOPPED : EXIT_CONF;
}

int
main(int argc, char **argv)
{
	struct conf *c;
	int status;
	bool test;

	if (argc == 2 && strcmp(argv[1], SPF_CHILD_ARGUMENT) == 0)
		return spf_child_main();
	c = daemon_begin(&about, argc, argv, &test, &status);
	if (c == NULL)
		return status;
	if (test) {
		status = test_keys(c);
		conf_unref(c);
		return status;
	}
	upkeep_block_signals();
	upkeep_take(conf_ref(c));
	status = run(c);
	upkeep_forget();
	conf_unref(c);
	return status;
}
