#include "ctl/lessons.h"

#include "base/json.h"
#include "policy/lesson.h"

#define LINE_MAX_BYTES (4 * 1024 * 1024)

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
	{ "message", NULL, COLUMN_INT, false },
};

static const char *
action_text(const struct finding *f)
{
	return f->action == DSN_UNKNOWN
		   ? ""
		   : names_text(dsn_action_names, (int)f->action);
}

static void
print_json(const struct lessons *all, const struct mail *m,
    const struct lesson *l)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	json_begin(&line);
	json_int(&line, "v", 1);
	json_text(&line, "file", span_of(m->path));
	if (m->number > 0)
		json_int(&line, "message", (int64_t)m->number);
	lesson_json(l, all->written, &line);
	json_end(&line);
	fprintf(all->ctl->out, "%s\n", buf_text(&line));
	buf_done(&line);
}

static void
print_csv(const struct lessons *all, const struct mail *m,
    const struct lesson *l)
{
	for (size_t i = 0; i < l->findings_n; i++) {
		const struct finding *f = &l->findings[i];

		output_row(all->csv,
		    (const struct cell[]){ { .text = m->path },
			{ .text = names_text(report_type_names,
			      (int)l->report.type) },
			{ .text = f->value.text }, { .text = action_text(f) },
			{ .text = f->status }, { .text = f->class },
			{ .text = f->rule }, { .text = f->trust },
			{ .number = f->suppress }, { .number = f->changed },
			{ .number = (int64_t)m->number } });
	}
}

/* "  class: full (why)" unless there is nothing to say. */
static void
say(const struct lessons *all, const char *what, const char *text,
    const char *more)
{
	if (text[0] == '\0')
		return;
	fprintf(all->ctl->out, "    %-11s ", what);
	ctl_put(all->ctl, text);
	if (more[0] != '\0') {
		fputs(" (", all->ctl->out);
		ctl_put(all->ctl, more);
		fputs(")", all->ctl->out);
	}
	fputs("\n", all->ctl->out);
}

/* What the rule looked at, and where and why it is written. */
static void
say_basis(const struct lessons *all, const struct finding *f)
{
	const struct classification *b = &f->basis;
	char reply[8] = "", place[600] = "";

	if (b->reply_code != 0)
		snprintf(reply, sizeof(reply), "%d", b->reply_code);
	if (b->rule_line != 0)
		snprintf(place, sizeof(place), "%.500s:%zu", b->rule_file,
		    b->rule_line);
	say(all, "status", f->status, b->code_from);
	say(all, "reply", reply, "");
	say(all, "said by", b->host, "");
	say(all, "diagnostic", f->detail, "");
	if (f->class[0] != '\0' && !b->final)
		say(all, "final", "no: suppresses nobody", "");
	say(all, "class", f->class, f->rule);
	say(all, "rule at", place, "");
	say(all, "pattern", b->rule_text, "");
	say(all, "because of", b->rule_source, "");
}

static const char *
outcome(const struct lessons *all, const struct finding *f)
{
	if (!f->suppress)
		return all->written && f->changed
			   ? "kept in the history, suppresses nobody"
			   : "suppresses nobody";
	if (!all->written)
		return "would be suppressed";
	return f->changed ? "suppressed" : "nothing new: known already";
}

static void
print_text(const struct lessons *all, const struct mail *m,
    const struct lesson *l)
{
	ctl_put(all->ctl, m->path);
	if (m->number > 0)
		fprintf(all->ctl->out, ", message %llu",
		    (unsigned long long)m->number);
	fprintf(all->ctl->out, ": %s",
	    names_text(report_type_names, (int)l->report.type));
	if (l->report.format[0] != '\0')
		fprintf(all->ctl->out, " (%s)", l->report.format);
	fputs(l->report.note[0] != '\0' ? ": " : "", all->ctl->out);
	ctl_put(all->ctl, l->report.note);
	fputs("\n", all->ctl->out);
	for (size_t i = 0; i < l->findings_n; i++) {
		const struct finding *f = &l->findings[i];

		fputs("  ", all->ctl->out);
		ctl_put(all->ctl, f->value.text[0] != '\0'
				      ? f->value.text
				      : "(nobody that we can name)");
		fputs("\n", all->ctl->out);
		say(all, "known by", f->whom, "");
		say(all, "action", action_text(f), "");
		say(all, "happened", f->change.evidence.happened, "");
		say_basis(all, f);
		say(all, "trust", f->trust, f->proof);
		for (size_t k = 0; all->ctl->opt.trust && k < f->tried_n; k++)
			say(all, k == 0 ? "proofs" : "", f->tried[k].proof,
			    f->tried[k].said);
		say(all, "outcome", outcome(all, f), f->spared);
	}
}

static void
count(struct lessons *all, const struct mail *m, const struct lesson *l)
{
	all->mails++;
	all->too_large += m->too_large;
	all->types[l->report.type]++;
	for (size_t i = 0; i < l->findings_n; i++) {
		const struct finding *f = &l->findings[i];
		int class;

		all->suppressed += f->suppress && (f->changed || !all->written);
		all->not_kept += f->dropped;
		all->unverified +=
		    !f->dropped && span_is(span_of(f->trust), "unverified");
		if (names_number(class_names, span_of(f->class), &class))
			all->classes[class]++;
	}
}

void
lessons_open(struct lessons *all, const struct ctl *ctl, bool written)
{
	*all = (struct lessons){ .ctl = ctl, .written = written };
	if (ctl->form == OUTPUT_CSV)
		all->csv = output_open(ctl->out, ctl->form, csv_columns,
		    ARRAY_LEN(csv_columns));
}

void
lessons_tell(struct lessons *all, const struct mail *m, const struct lesson *l)
{
	count(all, m, l);
	if (all->ctl->form == OUTPUT_JSON)
		print_json(all, m, l);
	else if (all->csv != NULL)
		print_csv(all, m, l);
	else
		print_text(all, m, l);
}

static void
counts_json(struct buf *line, const char *name, const struct name *names,
    const uint64_t *counts)
{
	json_object_begin(line, name);
	for (; names->text != NULL; names++)
		json_int(line, names->text, (int64_t)counts[names->number]);
	json_object_end(line);
}

static void
sum_up_json(const struct lessons *all)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	json_begin(&line);
	json_int(&line, "v", 1);
	json_text(&line, "type", span_of("summary"));
	json_int(&line, "mails", (int64_t)all->mails);
	json_int(&line, "suppressed", (int64_t)all->suppressed);
	json_int(&line, "unverified", (int64_t)all->unverified);
	json_int(&line, "not_kept", (int64_t)all->not_kept);
	json_int(&line, "too_large", (int64_t)all->too_large);
	json_int(&line, "unread", (int64_t)all->unread);
	json_int(&line, "moved", (int64_t)all->moved);
	counts_json(&line, "types", report_type_names, all->types);
	counts_json(&line, "classes", class_names, all->classes);
	json_end(&line);
	fprintf(all->ctl->out, "%s\n", buf_text(&line));
	buf_done(&line);
}

/* "types: bounce 12, none 3", without those that never came. */
static void
counts_text(const struct lessons *all, const char *what,
    const struct name *names, const uint64_t *counts)
{
	const char *before = ":";

	for (; names->text != NULL; names++) {
		if (counts[names->number] == 0)
			continue;
		if (*before == ':')
			fputs(what, all->ctl->out);
		fprintf(all->ctl->out, "%s %s %llu", before, names->text,
		    (unsigned long long)counts[names->number]);
		before = ",";
	}
	if (*before == ',')
		fputs("\n", all->ctl->out);
}

static void
say_number(const struct lessons *all, uint64_t n, const char *what)
{
	if (n > 0)
		fprintf(all->ctl->out, "%llu %s\n", (unsigned long long)n,
		    what);
}

static void
sum_up_text(const struct lessons *all)
{
	const struct ctl *ctl = all->ctl;
	bool vouch = all->unverified > 0 && all->written && !ctl->opt.believe;

	if (all->mails > 1) {
		counts_text(all, "types", report_type_names, all->types);
		counts_text(all, "classes", class_names, all->classes);
	}
	say_number(all, all->not_kept,
	    "not kept: too many that are not proven");
	say_number(all, all->too_large, "larger than report_max_bytes");
	say_number(all, all->unread, "could not be read");
	say_number(all, all->moved, "moved");
	if (all->written || all->mails > 1)
		fprintf(ctl->out, "%llu read, %llu %s, %llu unverified%s\n",
		    (unsigned long long)all->mails,
		    (unsigned long long)all->suppressed,
		    all->written ? "suppressed" : "would be suppressed",
		    (unsigned long long)all->unverified,
		    vouch ? " (kept in the history; --believe vouches for them)"
			  : "");
}

void
lessons_sum_up(const struct lessons *all)
{
	if (all->ctl->form == OUTPUT_TEXT)
		sum_up_text(all);
	else if (all->ctl->form == OUTPUT_JSON && all->written)
		sum_up_json(all);
}

enum exit_status
lessons_close(struct lessons *all, enum exit_status status)
{
	return all->csv != NULL ? ctl_close(all->ctl, all->csv, status)
				: status;
}
