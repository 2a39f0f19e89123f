/*
 * suppressctl - the companion: reads the global options, finds the command,
 * runs it. The commands are in commands.c.
 */
#include "ctl/command.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"

static void
usage(FILE *out)
{
	fputs("usage: suppressctl [-c FILE] [--store DIR] [--json | --csv] "
	      "COMMAND [OPTION...] [OPERAND...]\n\ncommands:\n",
	    out);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
	fputs("\nsuppressctl COMMAND --help tells a command's options. Those "
	      "of all commands:\n",
	    out);
	options_help(NULL, out);
	fputs("exit status: 0 yes or done, 1 the answer is no, 2 usage or "
	      "bad input,\n3 the store or the system failed\n",
	    out);
}

/*
 * A file of the store must never get the number of a closed standard
 * output: what we print would be written into it.
 */
static void
keep_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Help and version end the program before anything is looked at. */
static bool
told(const struct ctl *ctl, const struct command *cmd)
{
	if (ctl->opt.version)
		puts("suppressctl " PACKAGE_VERSION);
	else if (ctl->opt.help && cmd == NULL)
		usage(stdout);
	else if (ctl->opt.help)
		options_help(cmd, stdout);
	return ctl->opt.version || ctl->opt.help;
}

static enum exit_status
run(const struct command *cmd, struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status;

	ctl->conf = conf_find(ctl->conf_path, &err);
	if (ctl->conf == NULL) {
		if (ctl->conf_path != NULL)
			err.code = ERROR_INVALID; /* also if it isn't there */
		return ctl_fail(ctl, &err);
	}
	if (ctl->store_dir[0] == '\0')
		(void)span_copy(span_of(ctl->conf->store), ctl->store_dir,
		    sizeof(ctl->store_dir));
	status = cmd->run(ctl);
	conf_unref(ctl->conf);
	return status;
}

/* Reads the command line and does what it says. */
static enum exit_status
obey(struct ctl *ctl, int argc, char **argv)
{
	const struct command *cmd;
	struct error err = { 0 };

	if (!options_read(NULL, argc, argv, ctl, &err))
		return ctl_fail(ctl, &err);
	if (told(ctl, NULL))
		return EXIT_YES;
	if (ctl->operands_n == 0) {
		usage(stderr);
		return EXIT_USAGE;
	}
	cmd = command_find(ctl->operands[0]);
	if (cmd == NULL) {
		log_error("'%.40s' is no command; suppressctl --help lists "
			  "them",
		    ctl->operands[0]);
		return EXIT_USAGE;
	}
	ctl->command = cmd->name;
	if (!options_read(cmd, (int)ctl->operands_n, ctl->operands, ctl, &err))
		return ctl_fail(ctl, &err);
	if (told(ctl, cmd))
		return EXIT_YES;
	if (ctl->operands_n < cmd->min_operands ||
	    ctl->operands_n > cmd->max_operands) {
		options_help(cmd, stderr);
		return EXIT_USAGE;
	}
	return run(cmd, ctl);
}

/* True also when an error on the command line comes before it. */
static bool
for_pipe(char **argv)
{
	while (*argv != NULL)
		if (strcmp(*argv++, "--pipe") == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { .out = stdout, .now = clock_now() };
	bool pipe = for_pipe(argv);
	enum exit_status status;
	struct error err;

	keep_standard_files();
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	log_open("suppressctl", false, LOG_LEVEL_WARNING);
	status = obey(&ctl, argc, argv);
	if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE &&
	    status != EXIT_FAILED) {
		error_errno(&err, "cannot write the output");
		status = ctl_fail(&ctl, &err);
	}
	/*
	 * To a mailer any other failure than "try again" means a bounce, and
	 * a lost report: pipe(8) and local(8) of Postfix, prog of Sendmail.
	 */
	if ((pipe || ctl.opt.pipe) && status != EXIT_YES)
		return EX_TEMPFAIL;
	return (int)status;
}
