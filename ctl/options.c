#include "ctl/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/*
 * Every option of every command is one row here; a command lists the long
 * names that it takes. Global options (-c, --store, ...) are in main.c.
 */
typedef bool option_fn(const char *text, struct ctl *ctl, struct error *err);

static bool
word(const char *text, char *out, size_t size, struct error *err)
{
	if (span_copy(span_of(text), out, size) && text[0] != '\0')
		return true;
	error_set(err, ERROR_INVALID,
	    "'%.40s' is empty or longer than %zu "
	    "bytes",
	    text, size - 1);
	return false;
}

static bool
named(const struct name *names, const char *text, int *number,
    struct error *err)
{
	struct buf all;

	if (names_number(names, span_of(text), number))
		return true;
	buf_init(&all, sizeof(err->text));
	names_list(names, &all);
	error_set(err, ERROR_INVALID, "'%.40s' is none of %s", text,
	    buf_text(&all));
	buf_done(&all);
	return false;
}

static bool
take_source(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!named(source_names, text, &number, err))
		return false;
	ctl->opt.filter.source = (enum source)number;
	return true;
}

static bool
take_kind(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!named(kind_names, text, &number, err))
		return false;
	ctl->opt.filter.kind = (enum kind)number;
	return true;
}

static bool
take_stream(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.filter.stream,
	    sizeof(ctl->opt.filter.stream), err);
}

static bool
take_by(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.filter.by, sizeof(ctl->opt.filter.by), err);
}

static bool
take_why(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.why, sizeof(ctl->opt.why), err);
}

static bool
take_search(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.filter.search,
	    sizeof(ctl->opt.filter.search), err);
}

static bool
take_after(const char *text, struct ctl *ctl, struct error *err)
{
	struct value v;

	if (!value_parse(span_of(text), &v, err))
		return false;
	return word(v.text, ctl->opt.filter.after,
	    sizeof(ctl->opt.filter.after), err);
}

static bool
take_expires(const char *text, struct ctl *ctl, struct error *err)
{
	return clock_duration(span_of(text), &ctl->opt.expires_s, err);
}

static bool
take_since(const char *text, struct ctl *ctl, struct error *err)
{
	return clock_parse(span_of(text), &ctl->opt.filter.since, err);
}

static bool
take_until(const char *text, struct ctl *ctl, struct error *err)
{
	return clock_parse(span_of(text), &ctl->opt.filter.until, err);
}

static bool
take_limit(const char *text, struct ctl *ctl, struct error *err)
{
	unsigned long long n;

	if (!span_number(span_of(text), UINT64_MAX, &n) || n == 0) {
		error_set(err, ERROR_INVALID,
		    "'%.40s' is no whole number above 0", text);
		return false;
	}
	ctl->opt.filter.limit = n;
	return true;
}

static bool
take_file(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->opt.file = text;
	return true;
}

static bool
take_postfix_dir(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->opt.postfix_dir = text;
	return true;
}

#define FLAG(member)                                                           \
	static bool take_##member(const char *text, struct ctl *ctl,           \
	    struct error *err)                                                 \
	{                                                                      \
		(void)text;                                                    \
		(void)err;                                                     \
		ctl->opt.member = true;                                        \
		return true;                                                   \
	}
FLAG(partial)
FLAG(force)
FLAG(trust)
FLAG(believe)
FLAG(pipe)
FLAG(apply)
FLAG(revert)

static const struct row {
	const char *name;
	const char *value; /* what --help calls it; NULL: a flag */
	option_fn *take;
	const char *summary;
} rows[] = {
	{ "after", "VALUE", take_after, "go on behind this value" },
	{ "apply", NULL, take_apply, "set the lines, keeping the old values" },
	{ "believe", NULL, take_believe,
	    "vouch for this mail: believe it without proof" },
	{ "by", "NAME", take_by, "only what this user or program did" },
	{ "expires", "TIME", take_expires, "end by itself: 12h, 30d, 8w" },
	{ "file", "FILE", take_file,
	    "(-f) read one value a line; - is standard input" },
	{ "force", NULL, take_force, "lift abuse and lead reasons, too" },
	{ "kind", "KIND", take_kind, "email, domain, phone or linkedin" },
	{ "limit", "N", take_limit, "at most N rows" },
	{ "partial", NULL, take_partial, "take the good lines, name the bad" },
	{ "pipe", NULL, take_pipe,
	    "for a mailer's pipe: exit 75, try again, on any failure" },
	{ "postfix-config", "DIR", take_postfix_dir,
	    "Postfix's configuration directory" },
	{ "revert", NULL, take_revert, "put the old values back" },
	{ "search", "TEXT", take_search, "only with this text in it" },
	{ "since", "TIME", take_since, "from this time on (RFC 3339)" },
	{ "source", "SOURCE", take_source,
	    "user, api, lead, bounced or abuse" },
	{ "stream", "NAME", take_stream, "one stream of mail; * is all" },
	{ "trust", NULL, take_trust, "ask for proof, as the milter does" },
	{ "until", "TIME", take_until, "before this time (RFC 3339)" },
	{ "why", "TEXT", take_why, "the reason, in words" },
};

/* True if the command's list of long names has this one. */
static bool
takes(const struct command *cmd, const char *name)
{
	struct span list = span_of(cmd->options), one;

	while (span_cut(&list, ' ', &one))
		if (span_is(one, name))
			return true;
	return false;
}

static size_t
long_options(const struct command *cmd, struct option *out)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (takes(cmd, rows[i].name))
			out[n++] = (struct option){ rows[i].name,
				rows[i].value != NULL ? required_argument
						      : no_argument,
				NULL, (int)i + 1000 };
	out[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	out[n] = (struct option){ 0 };
	return n;
}

static bool
take(int which, struct ctl *ctl, struct error *err)
{
	const struct row *row = &rows[which];

	if (row->take(optarg, ctl, err))
		return true;
	error_prefix(err, "--%s", row->name);
	return false;
}

static size_t
row_of(const char *name)
{
	size_t i = 0;

	while (strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

bool
options_read(const struct command *cmd, int argc, char **argv, struct ctl *ctl,
    bool *help, struct error *err)
{
	struct option longs[ARRAY_LEN(rows) + 2];
	const char *shorts = takes(cmd, "file") ? ":hf:" : ":h";
	int c;

	long_options(cmd, longs);
	optind = 0; /* start anew, glibc's way */
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == 'h') {
			*help = true;
			return true;
		}
		if (c == 'f')
			c = (int)row_of("file") + 1000;
		if (c == '?' || c == ':') {
			error_set(err, ERROR_INVALID,
			    c == '?' ? "'%.60s' is no option of this command "
				       "(see --help)"
				     : "'%.60s' wants a value",
			    argv[optind - 1]);
			return false;
		}
		if (!take(c - 1000, ctl, err))
			return false;
	}
	ctl->operands = argv + optind;
	ctl->operands_n = (size_t)(argc - optind);
	return true;
}

void
options_help(const struct command *cmd, FILE *out)
{
	fprintf(out,
	    "usage: suppressctl [-c CONF] [--store DIR] [--json | "
	    "--csv] %s [OPTION...] %s\n\n%s\n",
	    cmd->name, cmd->operands, cmd->summary);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[40];

		if (!takes(cmd, rows[i].name))
			continue;
		snprintf(left, sizeof(left), "--%s %s", rows[i].name,
		    rows[i].value != NULL ? rows[i].value : "");
		fprintf(out, "  %-26s %s\n", left, rows[i].summary);
	}
	fprintf(out, "\nThe manual page suppressctl(1) says more.\n");
}
