/*
 * suppressd-web - HTTP beside the daemon, as a user of its own: reads its
 * options and settings, opens the store to look, serves, and stops.
 */
#include <signal.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/notify.h"
#include "conf/daemon.h"
#include "config.h"
#include "db/imported.h"
#include "web/auth.h"
#include "web/console/session.h"
#include "web/hooks.h"
#include "web/listen.h"
#include "web/lookup_server.h"
#include "web/numbers.h"
#include "web/pages.h"
#include "web/repeat.h"
#include "web/server.h"

/* Descriptors beside the connections: the store's shards, and some. */
#define OTHER_FILES 256

static const struct daemon about = {
	"suppressd-web",
	"SIGTERM stops it. New settings need a restart: no answer that was "
	"given is lost.\n",
	offsetof(struct conf, web_user),
};

/* All that the limits of the process allow. */
static void
allow_files(int connections)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &most) != 0)
		return;
	most.rlim_cur = most.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &most);
	if (most.rlim_cur < (rlim_t)connections + OTHER_FILES)
		log_warning("web.connections: the limit of files, %llu, does "
			    "not allow so many: raise LimitNOFILE",
		    (unsigned long long)most.rlim_cur);
}

static void
wait_for_signal(const sigset_t *set)
{
	int number;

	while (sigwait(set, &number) != 0)
		;
	log_debug("signal %d", number);
}

static enum exit_status
serve(const struct web *web, const sigset_t *set)
{
	const char *socket = web->conf->web_listen;
	struct lookup_server *lookups = NULL;
	struct http *s = NULL;
	struct error err;
	bool local;
	int fd = listen_on("web.listen", socket, &local, &err);

	if (fd >= 0)
		lookups = lookup_start(web, &err);
	if (lookups != NULL)
		s = http_start(fd, web, &err);
	if (s == NULL) {
		log_error("%s", err.text);
		lookup_stop(lookups);
		if (fd >= 0)
			listen_end(fd, socket);
		return EXIT_FAILED;
	}
	if (!local)
		log_warning("web.listen: %s can be reached from other hosts, "
			    "without TLS: put nginx or Caddy in front",
		    socket);
	log_info("suppressd-web " PACKAGE_VERSION " serves %s, store %s",
	    socket, web->conf->store);
	notify_ready();
	wait_for_signal(set);
	notify_stopping();
	http_stop(s);
	lookup_stop(lookups);
	listen_end(fd, socket);
	log_info("stopped");
	return EXIT_STOPPED;
}

/* The threads beside those of HTTP. */
static bool
start_threads(struct web *web, struct error *err)
{
	web->counter = counter_start(web->conf, web->store, err);
	if (web->counter == NULL)
		return false;
	web->hooks = hooks_start(web->conf, web->store, err);
	return web->hooks != NULL;
}

static enum exit_status
run_open(struct web *web, const sigset_t *set)
{
	const struct store_options ask = { .mode = STORE_ASK };
	enum exit_status status;
	struct error err;

	web->store = store_open(web->conf->store, &ask, &err);
	if (web->store != NULL && start_threads(web, &err)) {
		allow_files(web->conf->web_connections);
		status = serve(web, set);
	} else {
		log_error("%s", err.text);
		status = err.code == ERROR_INVALID ? EXIT_CONF : EXIT_FAILED;
	}
	hooks_stop(web->hooks);
	counter_stop(web->counter);
	store_close(web->store);
	return status;
}

/* test: only look whether it could. */
static enum exit_status
run(const struct conf *c, const sigset_t *set, bool test)
{
	struct web web = { .conf = c };
	enum exit_status status = EXIT_STOPPED;
	struct pages *pages;
	struct error err;

	pages = pages_load(c->web_templates, &err);
	if (pages == NULL) {
		log_error("%s", err.text);
		return EXIT_CONF;
	}
	web.pages = pages;
	web.auth = auth_new();
	web.repeats = repeats_new();
	web.sessions = sessions_new();
	web.imported = imported_new();
	if (!test)
		status = run_open(&web, set);
	imported_free(web.imported);
	sessions_free(web.sessions);
	repeats_free(web.repeats);
	auth_free(web.auth);
	pages_free(pages);
	return status;
}

/* In all threads: one waits for them. */
static void
block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
main(int argc, char **argv)
{
	sigset_t set;
	struct conf *c;
	int status;
	bool test;

	c = daemon_begin(&about, argc, argv, &test, &status);
	if (c == NULL)
		return status;
	block_signals(&set);
	status = (int)run(c, &set, test);
	conf_unref(c);
	return status;
}
