/*
 * postfix: the lines that Postfix needs: printed, applied, reverted.
 */
#include "ctl/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/postfix.h"
#include "ctl/saved.h"

static const struct name place_names[] = {
	{ PLACE_MAIN, "main" },
	{ PLACE_SERVICE, "service" },
	{ PLACE_OPTION, "option" },
	{ 0, NULL },
};

/* One line as it would stand in the file. */
static void
print_setting(const struct ctl *ctl, const struct setting *s)
{
	const char *mark = setting_is_right(s) ? "  # set already" : "";
	struct span rest = span_of(s->name), service, type;

	if (s->place != PLACE_OPTION) {
		fprintf(ctl->out, "%s%s%s%s\n",
		    s->place == PLACE_MAIN ? s->name : "",
		    s->place == PLACE_MAIN ? " = " : "", s->want, mark);
		return;
	}
	(void)span_cut(&rest, '/', &service);
	(void)span_cut(&rest, '/', &type);
	fprintf(ctl->out, "%.*s %.*s ...\n    -o %.*s=%s%s\n", (int)service.len,
	    service.p, (int)type.len, type.p, (int)rest.len, rest.p, s->want,
	    mark);
}

/*
 * What we can't decide for the site: what comes to its bounce domains must be
 * accepted, and whether somebody reads it is the site's choice.
 */
static void
print_advice(const struct ctl *ctl)
{
	for (size_t i = 0; i < ctl->conf->bounces.n; i++) {
		const char *value = ctl->conf->bounces.list[i];

		if (value[0] != '@' || value[1] == '.')
			continue;
		fprintf(ctl->out,
		    "\n# Mail to %s must be accepted. If nobody reads it:\n"
		    "#relay_domains = ..., %s\n"
		    "#transport_maps = ..., inline:{%s=discard:}\n",
		    value + 1, value + 1, value + 1);
	}
	fputs("\n# opendkim.conf, so that what suppressd adds is signed:\n"
	      "#SignHeaders *,+List-Unsubscribe,+List-Unsubscribe-Post,"
	      "+CFBL-Address\n"
	      "#OversignHeaders From\n",
	    ctl->out);
}

static void
print_plan(const struct ctl *ctl, const struct plan *p)
{
	fputs("# main.cf\n", ctl->out);
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].place == PLACE_MAIN)
			print_setting(ctl, &p->list[i]);
	fputs("\n# master.cf: \"...\" is the line as it stands\n", ctl->out);
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].place != PLACE_MAIN)
			print_setting(ctl, &p->list[i]);
	print_advice(ctl);
	fputs("\n# suppressctl postfix --apply sets the lines without # and "
	      "keeps the old values\n",
	    ctl->out);
}

static const struct column columns[] = {
	{ "place", NULL, COLUMN_TEXT, false },
	{ "name", "SETTING", COLUMN_TEXT, false },
	{ "want", "VALUE", COLUMN_TEXT, false },
	{ "have", "BEFORE", COLUMN_TEXT, false },
	{ "right", NULL, COLUMN_BOOL, false },
};

/* wrong_only: those that an apply has set. */
static enum exit_status
print_rows(const struct ctl *ctl, const struct plan *p, bool wrong_only)
{
	struct output *o =
	    output_open(ctl->out, ctl->form, columns, ARRAY_LEN(columns));

	for (size_t i = 0; i < p->n; i++) {
		const struct setting *s = &p->list[i];

		if (wrong_only && setting_is_right(s))
			continue;
		output_row(o,
		    (const struct cell[]){
			{ .text = names_text(place_names, (int)s->place) },
			{ .text = s->name }, { .text = s->want },
			{ .text = s->set ? s->have : "" },
			{ .number = wrong_only || setting_is_right(s) } });
	}
	return ctl_close(ctl, o, EXIT_YES);
}

static const char *
value_wanted(const struct setting *s, bool *skip)
{
	*skip = setting_is_right(s);
	return s->want;
}

/* Services first: an option needs its service. */
static bool
set_all(const struct plan *p, struct error *err)
{
	static const enum setting_place order[] = { PLACE_MAIN, PLACE_SERVICE,
		PLACE_OPTION };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (!postfix_write(p->dir, order[i], p->list, p->n,
			value_wanted, err))
			return false;
	return true;
}

static size_t
wrong(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += !setting_is_right(&p->list[i]);
	return n;
}

/* Half of it would be worse than nothing. */
static void
undo(const struct ctl *ctl, struct saved *all, bool first, struct error *err)
{
	struct error ignored;
	bool whole;

	if (saved_seal(all, &ignored) && first &&
	    saved_restore(all, ctl->opt.postfix_dir, &whole, &ignored))
		error_prefix(err, "nothing was changed");
	else
		error_prefix(err, "not all is set; suppressctl postfix "
				  "--revert puts all back");
}

static bool
apply(const struct ctl *ctl, const struct plan *p, struct error *err)
{
	struct saved *all = mem_new(1, sizeof(*all));
	bool ok = saved_read(ctl->opt.postfix_dir, all, err);
	bool first = all->n == 0;

	ok = ok && saved_keep(all, p, err);
	if (ok && (!set_all(p, err) || !saved_seal(all, err))) {
		undo(ctl, all, first, err);
		ok = false;
	}
	free(all);
	return ok;
}

static enum exit_status
cmd_apply(struct ctl *ctl, const struct plan *p)
{
	struct error err = { 0 };
	size_t n = wrong(p);

	if (n > 0 && !apply(ctl, p, &err))
		return ctl_fail(ctl, &err);
	if (ctl->form != OUTPUT_TEXT)
		return print_rows(ctl, p, true);
	if (n == 0)
		fputs("All is set already.\n", ctl->out);
	else
		fprintf(ctl->out,
		    "%zu setting%s set; now run: postfix reload\n", n,
		    n == 1 ? "" : "s");
	return EXIT_YES;
}

static enum exit_status
cmd_revert(struct ctl *ctl)
{
	struct saved *all = mem_new(1, sizeof(*all));
	struct error err = { 0 };
	bool ok = saved_read(ctl->opt.postfix_dir, all, &err);
	bool whole = true;

	if (ok && all->n == 0) {
		error_set(&err, ERROR_INVALID,
		    "%.150s/" SAVED_NAME " is not there: nothing was applied",
		    all->dir);
		ok = false;
	}
	ok = ok && saved_restore(all, ctl->opt.postfix_dir, &whole, &err);
	if (ok && ctl->form == OUTPUT_TEXT)
		fprintf(ctl->out,
		    "%zu setting%s put back%s; now run: postfix "
		    "reload\n",
		    all->n, all->n == 1 ? "" : "s",
		    whole ? ""
			  : " (a file was edited since: the rest of it "
			    "stays)");
	free(all);
	return ok ? EXIT_YES : ctl_fail(ctl, &err);
}

enum exit_status
cmd_postfix(struct ctl *ctl)
{
	struct error err = { 0 };
	enum exit_status status = EXIT_YES;
	struct plan *p;

	if (ctl->opt.apply && ctl->opt.revert) {
		error_set(&err, ERROR_INVALID,
		    "--apply and --revert: choose one");
		return ctl_fail(ctl, &err);
	}
	if (ctl->opt.revert)
		return cmd_revert(ctl);
	p = mem_new(1, sizeof(*p));
	if (!plan_make(ctl, p, &err))
		status = ctl_fail(ctl, &err);
	else if (ctl->opt.apply)
		status = cmd_apply(ctl, p);
	else if (ctl->form != OUTPUT_TEXT)
		status = print_rows(ctl, p, false);
	else
		print_plan(ctl, p);
	free(p);
	return status;
}
