/*
 * command - what the commands of suppressctl share: the table of commands
 * and options, the context, exit statuses.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/buf.h"
#include "base/output.h"
#include "conf/conf.h"
#include "db/query.h"
#include "db/store.h"
#include "policy/access.h"

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
	int64_t expires_s;                  /* from now */
	const char *file;                   /* -f; "-" is standard input */
	const char *state;                  /* of reports that wait */
	char name[LIMIT_CONTACT_NAME_TEXT]; /* of a contact */
	char after_contact[LIMIT_CONTACT_TEXT];
	bool blocked;
	bool drop;
	enum access_scope scope; /* of a token */
	bool all;
	bool dry_run;
	bool partial;
	bool force;
	bool trust;
	bool believe;
	bool pipe;
	bool apply;
	bool revert;
	bool remove;
	bool help;
	bool version;
	const char *postfix_dir; /* --postfix-config */
	const char *done;        /* the Maildir for what is processed */
	const char *report;      /* the file for a verdict per line */
};

struct ctl {
	const char *command;   /* its name, for error texts */
	const char *conf_path; /* -c; NULL: not given */
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

/* A verb of a command, as "new" of key: its first operand. */
struct verb {
	const char *name;
	/* operand: the one behind the verb, or "" */
	enum exit_status (*run)(const struct ctl *ctl, const char *operand);
};

/* Runs the verb that is given, or says which there are. verbs end with a row
 * whose name is NULL. */
enum exit_status ctl_verb(const struct ctl *ctl, const struct verb *verbs);

/*
 * Reads a command's options and the global ones into ctl and sets the
 * operands. argv[0] is the command's name. cmd NULL: only the global ones,
 * up to the command, which is the first operand then. ERROR_INVALID names
 * the option at fault.
 */
bool options_read(const struct command *cmd, int argc, char **argv,
    struct ctl *ctl, struct error *err) MUST_CHECK;

/* Usage, summary and options of a command; NULL: the global options. */
void options_help(const struct command *cmd, FILE *out);

/* True if the reader of our output has gone, or the disk is full: stop. */
bool ctl_deaf(const struct ctl *ctl);

/* Prints text with its control bytes escaped. */
void ctl_put(const struct ctl *ctl, const char *text);

/*
 * Reads a file that the user named; "-" is standard input. One that can't
 * be read is bad input: ERROR_INVALID, or ERROR_LIMIT.
 */
bool ctl_read_file(const char *path, struct buf *out,
    struct error *err) MUST_CHECK;

/* Prints "suppressctl: COMMAND: text" and gives the exit status for it. */
enum exit_status ctl_fail(const struct ctl *ctl, const struct error *err);

/*
 * Opens the store for looking; mend: when its index can't be used and nobody
 * holds the lock, builds it anew first.
 */
struct store *ctl_look(const struct ctl *ctl, bool mend,
    struct error *err) MUST_CHECK;

/*
 * Opens the store for changes, through the daemon if one runs. create: makes
 * an empty one where there is none.
 */
struct store *ctl_change(const struct ctl *ctl, bool create,
    struct error *err) MUST_CHECK;

/*
 * Warns when --stream names none of the configured streams: most likely a
 * typing mistake, and a reason for such a stream stops no mail.
 */
void ctl_warn_stream(const struct ctl *ctl);

/* Who is asking: SUDO_USER, the login, or "uid N". */
void ctl_actor(char out[LIMIT_ACTOR_TEXT]);

/*
 * Ends an output; a failed write (a full disk) is an error, a closed pipe is
 * not. Gives status, or EXIT_FAILED.
 */
enum exit_status ctl_close(const struct ctl *ctl, struct output *o,
    enum exit_status status);

#endif
