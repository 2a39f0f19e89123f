#include "ctl/options.h"

#include <getopt.h>
#include <string.h>

/* The global ones; before the command nothing else is taken. */
static const char globals[] = "config store json csv help version";

/* getopt_long() gives this and the row's number. */
#define FIRST_ROW 1000

static bool
has_word(const char *words, const char *name)
{
	struct span list = span_of(words), one;

	while (span_cut(&list, ' ', &one))
		if (span_is(one, name))
			return true;
	return false;
}

static bool
takes(const struct command *cmd, const char *name)
{
	return has_word(globals, name) ||
	       (cmd != NULL && has_word(cmd->options, name));
}

/* What getopt_long() wants to know. */
struct known {
	struct option longs[OPTION_ROWS_MAX + 1];
	char shorts[2 + 2 * OPTION_ROWS_MAX + 1];
};

static void
known_init(const struct command *cmd, struct known *k)
{
	/* "+": stop at the command; ":": tell what wants a value. */
	size_t n = 0, at = cmd == NULL ? 2 : 1;

	memcpy(k->shorts, cmd == NULL ? "+:" : ":", at);
	for (size_t i = 0; option_rows[i].name != NULL; i++) {
		bool flag = option_rows[i].value == NULL;

		if (!takes(cmd, option_rows[i].name))
			continue;
		k->longs[n++] = (struct option){ option_rows[i].name,
			flag ? no_argument : required_argument, NULL,
			(int)i + FIRST_ROW };
		if (option_rows[i].letter != 0)
			k->shorts[at++] = option_rows[i].letter;
		if (option_rows[i].letter != 0 && !flag)
			k->shorts[at++] = ':';
	}
	k->longs[n] = (struct option){ 0 };
	k->shorts[at] = '\0';
}

/* c is '?' or ':', as getopt_long() gives it. */
static void
refuse(int c, const char *word_at_fault, struct error *err)
{
	char option[64];

	if (optopt >= FIRST_ROW)
		snprintf(option, sizeof(option), "--%s",
		    option_rows[optopt - FIRST_ROW].name);
	else if (optopt != 0)
		snprintf(option, sizeof(option), "-%c", optopt);
	else
		snprintf(option, sizeof(option), "%.60s", word_at_fault);
	if (c == ':')
		error_set(err, ERROR_INVALID, "'%s' wants a value", option);
	else if (optopt >= FIRST_ROW)
		error_set(err, ERROR_INVALID, "'%s' takes no value", option);
	else
		error_set(err, ERROR_INVALID,
		    "'%s' is no option here; see --help", option);
}

/* The row of what getopt_long() gave: a row's number or a letter. */
static const struct option_row *
row_of(int c)
{
	size_t i = 0;

	if (c >= FIRST_ROW)
		return &option_rows[c - FIRST_ROW];
	while (option_rows[i].letter != c)
		i++;
	return &option_rows[i];
}

bool
options_read(const struct command *cmd, int argc, char **argv, struct ctl *ctl,
    struct error *err)
{
	struct known known;
	int c;

	known_init(cmd, &known);
	optind = 0; /* start anew, glibc's way */
	opterr = 0;
	while ((c = getopt_long(argc, argv, known.shorts, known.longs, NULL)) !=
	       -1) {
		if (c == '?' || c == ':') {
			refuse(c, argv[optind - 1], err);
			return false;
		}
		if (!row_of(c)->take(optarg, ctl, err)) {
			error_prefix(err, "--%s", row_of(c)->name);
			return false;
		}
	}
	ctl->operands = argv + optind;
	ctl->operands_n = (size_t)(argc - optind);
	return true;
}

static void
print_row(const struct option_row *row, FILE *out)
{
	char left[40], letter[8] = "    ";

	if (row->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(left, sizeof(left), "%s--%s %s", letter, row->name,
	    row->value != NULL ? row->value : "");
	fprintf(out, "  %-25s %s\n", left, row->summary);
}

void
options_help(const struct command *cmd, FILE *out)
{
	if (cmd != NULL)
		fprintf(out, "usage: suppressctl %s [OPTION...] %s\n\n%s\n\n",
		    cmd->name, cmd->operands, cmd->summary);
	for (size_t i = 0; cmd != NULL && option_rows[i].name != NULL; i++)
		if (has_word(cmd->options, option_rows[i].name))
			print_row(&option_rows[i], out);
	fputs(cmd != NULL && cmd->options[0] != '\0' ? "\n" : "", out);
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (has_word(globals, option_rows[i].name))
			print_row(&option_rows[i], out);
	fputs("\nThe manual page suppressctl(1) says more.\n", out);
}
