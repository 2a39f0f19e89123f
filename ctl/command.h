/*
 * command - what the commands of suppressctl share: the table of commands
 * and options, the context, exit statuses.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/output.h"
#include "conf/conf.h"
#include "db/query.h"
#include "db/store.h"

/* The contract of suppressctl(1), EXIT STATUS. */
enum exit_status {
	EXIT_YES = 0,    /* yes, or done */
	EXIT_NO = 1,     /* the answer is no */
	EXIT_USAGE = 2,  /* usage or bad input */
	EXIT_FAILED = 3, /* the store or the system failed */
};

/* What the options of all commands said; zero: not given. */
struct options {
	struct filter filter; /* kind, source, stream, by, ... */
	char why[LIMIT_WHY_TEXT];
	int64_t expires_s; /* from now */
	const char *file;  /* -f; "-" is standard input */
	bool partial;
	bool force;
	bool trust;
	bool believe;
	bool pipe;
	bool apply;
	bool revert;
	const char *postfix_dir; /* --postfix-config */
};

struct ctl {
	const char *command; /* its name, for error texts */
	struct conf *conf;
	char store_dir[CONF_PATH_TEXT];
	enum output_form form;
	int64_t now;
	struct options opt;
	char **operands;
	size_t operands_n;
	FILE *out;
};

typedef enum exit_status command_fn(struct ctl *ctl);

struct command {
	const char *name;
	const char *operands; /* for usage */
	const char *options;  /* long names of those that it takes */
	size_t min_operands;
	size_t max_operands;
	command_fn *run;
	const char *summary;
};

/* Ends with a row whose name is NULL. */
extern const struct command commands[];

const struct command *command_find(const char *name);

/*
 * Reads a command's options into ctl->opt and sets the operands. argv[0] is
 * the command's name. ERROR_INVALID names the option at fault; *help is true
 * if --help was among them.
 */
bool options_read(const struct command *cmd, int argc, char **argv,
    struct ctl *ctl, bool *help, struct error *err) MUST_CHECK;

/* A command's help: usage, summary and its options. */
void options_help(const struct command *cmd, FILE *out);

/* Prints "suppressctl: COMMAND: text" and gives the exit status for it. */
enum exit_status ctl_fail(const struct ctl *ctl, const struct error *err);

/*
 * Opens the store for looking; when its index can't be used and nobody holds
 * the lock, recovers it first.
 */
struct store *ctl_look(const struct ctl *ctl, struct error *err) MUST_CHECK;

/* Opens the store for changes, through the daemon if one runs. */
struct store *ctl_change(const struct ctl *ctl, struct error *err) MUST_CHECK;

/* Who is asking: SUDO_USER, the login, or "uid N". */
void ctl_actor(char out[LIMIT_ACTOR_TEXT]);

/*
 * Ends an output; a failed write (a full disk) is an error, a closed pipe is
 * not. Gives status, or EXIT_FAILED.
 */
enum exit_status ctl_close(const struct ctl *ctl, struct output *o,
    enum exit_status status);

#endif
