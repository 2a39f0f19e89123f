/*
 * suppressctl - the companion: reads the global options, finds the command,
 * runs it. The commands are in commands.c.
 */
#include "ctl/command.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"

#define DEFAULT_CONF SYSCONFDIR "/suppressd/suppressd.conf"

static void
usage(FILE *out)
{
	fputs("usage: suppressctl [-c CONF] [--store DIR] [--json | --csv] "
	      "COMMAND [OPTION...] [OPERAND...]\n\ncommands:\n",
	    out);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
	fputs("\nsuppressctl COMMAND --help tells a command's options.\n"
	      "exit status: 0 yes or done, 1 the answer is no, 2 usage or "
	      "bad input,\n3 the store or the system failed\n",
	    out);
}

/* The global options; optind is left at the command. */
static bool
globals(int argc, char **argv, struct ctl *ctl, const char **conf_path,
    int *status)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "store", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "csv", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+c:h", longs, NULL)) != -1) {
		if (c == 'c') {
			*conf_path = optarg;
		} else if (c == 's') {
			if (!span_copy(span_of(optarg), ctl->store_dir,
				sizeof(ctl->store_dir)) ||
			    optarg[0] == '\0') {
				fputs("suppressctl: --store: the path is "
				      "empty or too long\n",
				    stderr);
				*status = EXIT_USAGE;
				return false;
			}
		} else if (c == 'j' || c == 'v') {
			ctl->form = c == 'j' ? OUTPUT_JSON : OUTPUT_CSV;
		} else if (c == 'h') {
			usage(stdout);
			*status = EXIT_YES;
			return false;
		} else if (c == 'V') {
			puts("suppressctl " PACKAGE_VERSION);
			*status = EXIT_YES;
			return false;
		} else {
			fputs("suppressctl --help tells the usage\n", stderr);
			*status = EXIT_USAGE;
			return false;
		}
	}
	return true;
}

/* Without -c and without the file the defaults serve. */
static struct conf *
load(const char *path, struct error *err)
{
	if (path == NULL && access(DEFAULT_CONF, F_OK) != 0)
		return conf_defaults();
	return conf_load(path != NULL ? path : DEFAULT_CONF, err);
}

static enum exit_status
run(const struct command *cmd, struct ctl *ctl, int argc, char **argv,
    const char *conf_path)
{
	struct error err = { 0 };
	enum exit_status status;
	bool help = false;

	ctl->command = cmd->name;
	if (!options_read(cmd, argc, argv, ctl, &help, &err))
		return ctl_fail(ctl, &err);
	if (help) {
		options_help(cmd, stdout);
		return EXIT_YES;
	}
	if (ctl->operands_n < cmd->min_operands ||
	    ctl->operands_n > cmd->max_operands) {
		options_help(cmd, stderr);
		return EXIT_USAGE;
	}
	ctl->conf = load(conf_path, &err);
	if (ctl->conf == NULL)
		return ctl_fail(ctl, &err);
	if (ctl->store_dir[0] == '\0')
		(void)span_copy(span_of(ctl->conf->store), ctl->store_dir,
		    sizeof(ctl->store_dir));
	status = cmd->run(ctl);
	conf_unref(ctl->conf);
	return status;
}

/*
 * To a mailer any other failure than "try again" means a bounce, and a lost
 * report: pipe(8) and local(8) of Postfix, prog of Sendmail.
 */
static int
for_mailer(const struct ctl *ctl, enum exit_status status)
{
	return ctl->opt.pipe && status != EXIT_YES ? EX_TEMPFAIL : (int)status;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { .out = stdout, .now = clock_now() };
	const char *conf_path = NULL;
	const struct command *cmd;
	int status;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	log_open("suppressctl", false, LOG_LEVEL_WARNING);
	if (!globals(argc, argv, &ctl, &conf_path, &status))
		return status;
	if (optind >= argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	cmd = command_find(argv[optind]);
	if (cmd == NULL) {
		fprintf(stderr,
		    "suppressctl: '%.40s' is no command; "
		    "suppressctl --help lists them\n",
		    argv[optind]);
		return EXIT_USAGE;
	}
	return for_mailer(&ctl,
	    run(cmd, &ctl, argc - optind, argv + optind, conf_path));
}
