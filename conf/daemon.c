#include "conf/daemon.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/user.h"
#include "config.h"

struct options {
	const char *conf_path; /* NULL: not given */
	bool test;
	bool debug;
};

static void
usage(const struct daemon *d, FILE *out)
{
	fprintf(out,
	    "usage: %s [-dt] [-c FILE]\n\n"
	    "  -c, --config FILE  the configuration; default " CONF_FILE "\n"
	    "  -d, --debug        log more, to standard error\n"
	    "  -t, --test         check the configuration and end\n"
	    "  -h, --help         print this\n"
	    "      --version      print the version\n\n%s",
	    d->name, d->signals);
}

/* False: *status is what to end with. */
static bool
read_options(const struct daemon *d, int argc, char **argv, struct options *o,
    int *status)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "debug", no_argument, NULL, 'd' },
		{ "test", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	*status = EXIT_CONF;
	while ((c = getopt_long(argc, argv, "c:dth", longs, NULL)) != -1) {
		if (c == 'c') {
			o->conf_path = optarg;
		} else if (c == 'd') {
			o->debug = true;
		} else if (c == 't') {
			o->test = true;
		} else if (c == 'h' || c == 'V') {
			*status = EXIT_STOPPED;
			if (c == 'h')
				usage(d, stdout);
			else
				printf("%s " PACKAGE_VERSION "\n", d->name);
			return false;
		} else {
			usage(d, stderr);
			return false;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: '%.40s' is no option\n", d->name,
		    argv[optind]);
		usage(d, stderr);
		return false;
	}
	return true;
}

/* What root may do, only root's configuration makes us do. */
static bool
give_up_root(const char *user, bool test, struct error *err)
{
	if (user[0] == '\0' && geteuid() == 0 && !test)
		log_warning("runs as root: the setting user names whom it "
			    "becomes");
	if (user[0] == '\0')
		return true;
	return test ? user_check(user, err) : user_become(user, err);
}

struct conf *
daemon_begin(const struct daemon *d, int argc, char **argv, bool *test,
    int *status)
{
	struct options o = { 0 };
	struct error err = { 0 };
	struct conf *c;

	mem_stay_small();
	if (!read_options(d, argc, argv, &o, status))
		return NULL;
	log_open(d->name, false, LOG_LEVEL_INFO);
	c = conf_find(o.conf_path, &err);
	if (c == NULL) {
		log_error("%s", err.text);
		*status = EXIT_CONF;
		return NULL;
	}
	/* Who tests looks there, wherever the daemon would log. */
	if (!o.test)
		log_open(d->name, c->log_to == LOG_TO_SYSLOG && !o.debug,
		    c->log_debug || o.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	umask(007);
	if (!give_up_root((const char *)c + d->user, o.test, &err)) {
		log_error("%s", err.text);
		conf_unref(c);
		*status = EXIT_CONF;
		return NULL;
	}
	*test = o.test;
	return c;
}
