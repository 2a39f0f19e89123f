/*
 * ingest and explain: the same judgement, written or only told.
 */
#include "ctl/cmd.h"

#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "ctl/mails.h"
#include "ctl/progress.h"
#include "policy/engine.h"

#define LINE_MAX_BYTES (4 * 1024 * 1024)

struct reader {
	const struct ctl *ctl;
	struct arrival arrival;
	struct keys *keys;   /* of tokens; NULL: none */
	struct store *store; /* NULL: explain */
	struct output *out;  /* CSV */
	uint64_t mails;
	uint64_t changed;
	uint64_t unverified;
};

static const struct column csv_columns[] = {
	{ "file", NULL, COLUMN_TEXT, false },
	{ "type", NULL, COLUMN_TEXT, false },
	{ "address", NULL, COLUMN_TEXT, false },
	{ "action", NULL, COLUMN_TEXT, false },
	{ "status", NULL, COLUMN_TEXT, false },
	{ "class", NULL, COLUMN_TEXT, false },
	{ "rule", NULL, COLUMN_TEXT, false },
	{ "trust", NULL, COLUMN_TEXT, false },
	{ "suppress", NULL, COLUMN_BOOL, false },
	{ "changed", NULL, COLUMN_BOOL, false },
};

static const char *
action_text(const struct finding *f)
{
	return f->action == DSN_UNKNOWN
		   ? ""
		   : names_text(dsn_action_names, (int)f->action);
}

static void
finding_json(struct buf *line, const struct finding *f, bool written)
{
	json_object_begin(line, NULL);
	json_text(line, "address", span_of(f->value.text));
	json_text(line, "action", span_of(action_text(f)));
	json_text(line, "status", span_of(f->status));
	json_text(line, "status_from", span_of(f->basis.code_from));
	json_int(line, "reply", f->basis.reply_code);
	json_text(line, "host", span_of(f->basis.host));
	json_bool(line, "final", f->basis.final);
	json_text(line, "class", span_of(f->class));
	json_text(line, "rule", span_of(f->rule));
	json_text(line, "rule_file", span_of(f->basis.rule_file));
	json_int(line, "rule_line", (int64_t)f->basis.rule_line);
	json_text(line, "rule_source", span_of(f->basis.rule_source));
	json_text(line, "rule_text", span_of(f->basis.rule_text));
	json_text(line, "whom", span_of(f->whom));
	json_text(line, "trust", span_of(f->trust));
	json_text(line, "proof", span_of(f->proof));
	json_array_begin(line, "tried");
	for (size_t i = 0; i < f->tried_n; i++) {
		json_object_begin(line, NULL);
		json_text(line, "proof", span_of(f->tried[i].proof));
		json_text(line, "said", span_of(f->tried[i].said));
		json_object_end(line);
	}
	json_array_end(line);
	json_bool(line, "suppress", f->suppress);
	json_text(line, "spared", span_of(f->spared));
	json_text(line, "diagnostic", span_of(f->detail));
	if (written)
		json_bool(line, "changed", f->changed);
	json_object_end(line);
}

static void
print_json(const struct reader *r, const char *name, const struct lesson *l)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	json_begin(&line);
	json_int(&line, "v", 1);
	json_text(&line, "file", span_of(name));
	json_text(&line, "type",
	    span_of(names_text(report_type_names, (int)l->report.type)));
	json_array_begin(&line, "recipients");
	for (size_t i = 0; i < l->findings_n; i++)
		finding_json(&line, &l->findings[i], r->store != NULL);
	json_array_end(&line);
	json_text(&line, "note", span_of(l->report.note));
	json_end(&line);
	fprintf(r->ctl->out, "%s\n", buf_text(&line));
	buf_done(&line);
}

static void
print_csv(const struct reader *r, const char *name, const struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++) {
		const struct finding *f = &l->findings[i];

		output_row(r->out,
		    (const struct cell[]){ { .text = name },
			{ .text = names_text(report_type_names,
			      (int)l->report.type) },
			{ .text = f->value.text }, { .text = action_text(f) },
			{ .text = f->status }, { .text = f->class },
			{ .text = f->rule }, { .text = f->trust },
			{ .number = f->suppress }, { .number = f->changed } });
	}
}

/* "  class: full (why)" unless there is nothing to say. */
static void
say(const struct reader *r, const char *what, const char *text,
    const char *more)
{
	if (text[0] == '\0')
		return;
	fprintf(r->ctl->out, "    %-11s ", what);
	ctl_put(r->ctl, text);
	if (more[0] != '\0') {
		fputs(" (", r->ctl->out);
		ctl_put(r->ctl, more);
		fputs(")", r->ctl->out);
	}
	fputs("\n", r->ctl->out);
}

/* What the rule looked at, and where and why it is written. */
static void
say_basis(const struct reader *r, const struct finding *f)
{
	const struct classification *b = &f->basis;
	char reply[8] = "", place[600] = "";

	if (b->reply_code != 0)
		snprintf(reply, sizeof(reply), "%d", b->reply_code);
	if (b->rule_line != 0)
		snprintf(place, sizeof(place), "%.500s:%zu", b->rule_file,
		    b->rule_line);
	say(r, "status", f->status, b->code_from);
	say(r, "reply", reply, "");
	say(r, "said by", b->host, "");
	say(r, "diagnostic", f->detail, "");
	if (f->class[0] != '\0' && !b->final)
		say(r, "final", "no: suppresses nobody", "");
	say(r, "class", f->class, f->rule);
	say(r, "rule at", place, "");
	say(r, "pattern", b->rule_text, "");
	say(r, "because of", b->rule_source, "");
}

static const char *
outcome(const struct reader *r, const struct finding *f)
{
	if (!f->suppress)
		return r->store != NULL && f->changed
			   ? "kept in the history, suppresses nobody"
			   : "suppresses nobody";
	if (r->store == NULL)
		return "would be suppressed";
	return f->changed ? "suppressed" : "nothing new: known already";
}

static void
print_text(const struct reader *r, const char *name, const struct lesson *l)
{
	ctl_put(r->ctl, name);
	fprintf(r->ctl->out, ": %s",
	    names_text(report_type_names, (int)l->report.type));
	fputs(l->report.note[0] != '\0' ? ": " : "", r->ctl->out);
	ctl_put(r->ctl, l->report.note);
	fputs("\n", r->ctl->out);
	for (size_t i = 0; i < l->findings_n; i++) {
		const struct finding *f = &l->findings[i];

		fputs("  ", r->ctl->out);
		ctl_put(r->ctl, f->value.text[0] != '\0'
				    ? f->value.text
				    : "(nobody that we can name)");
		fputs("\n", r->ctl->out);
		say(r, "known by", f->whom, "");
		say(r, "action", action_text(f), "");
		say_basis(r, f);
		say(r, "trust", f->trust, f->proof);
		for (size_t k = 0; r->ctl->opt.trust && k < f->tried_n; k++)
			say(r, k == 0 ? "proofs" : "", f->tried[k].proof,
			    f->tried[k].said);
		say(r, "outcome", outcome(r, f), f->spared);
	}
}

static void
count(struct reader *r, const struct lesson *l)
{
	r->mails++;
	for (size_t i = 0; i < l->findings_n; i++) {
		r->changed += l->findings[i].suppress && l->findings[i].changed;
		r->unverified +=
		    span_is(span_of(l->findings[i].trust), "unverified");
	}
}

static bool
read_mail(const char *name, struct span mail, bool too_large, void *arg,
    struct error *err)
{
	struct reader *r = arg;
	struct lesson l = { 0 };
	const struct ctl *ctl = r->ctl;

	if (too_large) {
		snprintf(l.report.note, sizeof(l.report.note),
		    "larger than report_max_bytes (%lld): not read",
		    (long long)ctl->conf->report_max_bytes);
	} else if (r->store == NULL) {
		engine_explain(ctl->conf, NULL, &r->arrival, mail, ctl->now,
		    &l);
	} else if (!engine_learn(ctl->conf, r->store, NULL, &r->arrival, mail,
		       ctl->now, &l, err)) {
		error_prefix(err, "%s", name);
		return false;
	}
	count(r, &l);
	if (ctl->form == OUTPUT_JSON)
		print_json(r, name, &l);
	else if (ctl->form == OUTPUT_CSV)
		print_csv(r, name, &l);
	else
		print_text(r, name, &l);
	lesson_done(&l);
	return true;
}

static enum exit_status
read_all(struct ctl *ctl, struct reader *r)
{
	enum exit_status status = EXIT_YES;
	struct error err = { 0 };
	size_t unread;
	bool walked;

	/* Without them tokens prove nothing, and the rest goes on. */
	r->keys = keys_load(ctl->conf->token_keys, ctl->conf->token_sign, &err);
	if (r->keys == NULL)
		log_warning("%s: tokens prove nothing: %s", ctl->command,
		    err.text);
	r->arrival.keys = r->keys;
	if (ctl->form == OUTPUT_CSV)
		r->out = output_open(ctl->out, ctl->form, csv_columns,
		    ARRAY_LEN(csv_columns));
	/* What is printed on a terminal shows that it goes on. */
	if (!isatty(STDOUT_FILENO))
		progress_begin(ctl->command, "mails");
	walked = mails_walk(ctl, read_mail, r, &unread, &err);
	progress_end();
	keys_unref(r->keys);
	if (!walked)
		status = ctl_fail(ctl, &err);
	else if (unread > 0)
		status = EXIT_USAGE;
	if (r->out != NULL)
		status = ctl_close(ctl, r->out, status);
	return status;
}

enum exit_status
cmd_explain(struct ctl *ctl)
{
	struct reader r = { .ctl = ctl,
		.arrival = { .assume_trust = !ctl->opt.trust,
		    .helo = "",
		    .mail_from = "" } };

	return read_all(ctl, &r);
}

enum exit_status
cmd_ingest(struct ctl *ctl)
{
	struct reader r = { .ctl = ctl,
		.arrival = { .assume_trust = ctl->opt.believe,
		    .helo = "",
		    .mail_from = "" } };
	struct error err = { 0 };
	enum exit_status status;

	r.store = ctl_change(ctl, true, &err);
	if (r.store == NULL)
		return ctl_fail(ctl, &err);
	status = read_all(ctl, &r);
	store_close(r.store);
	if (status != EXIT_FAILED && ctl->form == OUTPUT_TEXT)
		fprintf(ctl->out,
		    "%llu read, %llu suppressed, %llu "
		    "unverified%s\n",
		    (unsigned long long)r.mails, (unsigned long long)r.changed,
		    (unsigned long long)r.unverified,
		    r.unverified > 0 && !ctl->opt.believe
			? " (kept in the history; --believe vouches for them)"
			: "");
	return status;
}
