/*
 * The first rule that fits decides. Hundreds are tried for each failure, so
 * the cheap questions come first: codes are numbers, grams are bits, and
 * PCRE2 is asked for the one or two rules that are left.
 */
#include "policy/classify.h"

#include <stdio.h>
#include <string.h>

#include "policy/decide.h"

/* What the rules look at. */
struct facts {
	struct status codes[2];
	const char *from[2];
	size_t n;
	int reply;
	bool final;
	struct span host;
	struct span text;
	struct grams grams;
	char room[sizeof(((struct report_recipient *)0)->diagnostic)];
};

/* A code of a failure; others (2.0.0) say nothing. */
static bool
is_code(const struct status *s)
{
	return s->class_digit == 4 || s->class_digit == 5;
}

static void
add_code(struct facts *f, const struct status *s, const char *from)
{
	f->codes[f->n] = *s;
	f->from[f->n++] = from;
}

static void
find_codes(const struct report_recipient *r, struct facts *f)
{
	if (is_code(&r->diagnostic_status))
		add_code(f, &r->diagnostic_status, "diagnostic");
	if (is_code(&r->status) && (f->n == 0 || r->status.class_digit == 4))
		add_code(f, &r->status, "status");
	f->final = r->status.class_digit != 2 &&
		   (r->reply_code == 0 || r->reply_code / 100 == 5);
	for (size_t i = 0; i < f->n; i++)
		f->final = f->final && f->codes[i].class_digit == 5;
	if (f->n == 0)
		add_code(f, &(struct status){ 0 }, "");
	f->reply = r->reply_code;
}

/* Takes a code and the " " or "-" behind it off the front. */
static bool
cut_code(struct span *s, const char *code)
{
	size_t len = strlen(code);

	if (len == 0 || s->len < len || memcmp(s->p, code, len) != 0)
		return false;
	if (s->len > len && s->p[len] != ' ' && s->p[len] != '-')
		return false;
	if (s->len > len)
		len++;
	s->p += len;
	s->len -= len;
	return true;
}

/*
 * Cuts the local part of an address off the end of what is copied so far:
 * <spam-list@example.com> is no word of the host that speaks.
 */
static size_t
mask_local_part(const char *text, size_t n)
{
	while (n > 0 && strchr(" <>(),;:\"'[]", text[n - 1]) == NULL)
		n--;
	return n;
}

/*
 * The words of the diagnostic without its codes, which each line of a reply
 * repeats ("550-5.1.1 The account that you 550 5.1.1 tried to reach"): a
 * rule asks for codes in fields of their own. Runs of blanks become one,
 * local parts "x".
 */
static void
find_text(const struct report_recipient *r, struct facts *f)
{
	struct span rest = span_of(r->diagnostic);
	char reply[16] = "", code[STATUS_TEXT] = "";
	bool word = true; /* a word may begin here */
	size_t n = 0;

	if (r->reply_code != 0)
		snprintf(reply, sizeof(reply), "%d", r->reply_code);
	if (r->diagnostic_status.class_digit != 0)
		status_format(&r->diagnostic_status, code);
	while (rest.len > 0) {
		char c = rest.p[0];

		if (c == '\t' || c == '\r' || c == '\n')
			c = ' ';
		if (word && (cut_code(&rest, reply) || cut_code(&rest, code)))
			continue;
		if (c == '@') {
			size_t from = mask_local_part(f->room, n);

			if (from < n)
				f->room[from++] = 'x';
			n = from;
		}
		if (c != ' ' || !word)
			f->room[n++] = c;
		word = c == ' ';
		rest.p++;
		rest.len--;
	}
	f->text = span_trim((struct span){ f->room, n });
}

/* RFC 3464 2.3.6: Remote-MTA said it if that field is there. */
static void
find_host(const struct report *report, const struct report_recipient *r,
    struct facts *f)
{
	struct span rest = span_of(
	    r->remote_mta[0] != '\0' ? r->remote_mta : report->reporting_mta);

	f->host = rest;
	(void)span_cut(&rest, ' ', &f->host);
}

static bool
takes_code(const struct rule *rule, const struct facts *f, size_t *which)
{
	for (*which = 0; *which < f->n; (*which)++)
		if (rule_takes_code(rule, &f->codes[*which]))
			return true;
	return false;
}

/* *text is the pattern that matched, "" where the rule has none. */
static bool
takes_text(const struct rule *rule, const struct facts *f, const char **text)
{
	*text = "";
	for (size_t i = 0; i < rule->texts_n; i++) {
		const struct rule_text *t = &rule->texts[i];

		if (!grams_allow(&f->grams, &t->need) ||
		    !match_is(t->match, f->text))
			continue;
		*text = match_text(t->match);
		return true;
	}
	return rule->texts_n == 0;
}

static bool
fits(const struct rule *rule, const struct facts *f, size_t *which,
    const char **text)
{
	if (!f->final && class_suppresses(rule->class))
		return false;
	if (!rule_takes_reply(rule, f->reply) || !takes_code(rule, f, which))
		return false;
	return takes_text(rule, f, text) &&
	       (rule->host == NULL || match_is(rule->host, f->host));
}

static bool
look_up(const struct rules *rules, const struct facts *f,
    struct classification *out)
{
	const char *text;
	size_t which;

	for (size_t i = 0; rules != NULL && i < rules->n; i++) {
		const struct rule *rule = &rules->list[i];

		if (!fits(rule, f, &which, &text))
			continue;
		out->class = rule->class;
		out->rule = rule->label;
		out->rule_file = rules->path;
		out->rule_line = rule->line;
		out->rule_source = rule->source;
		out->rule_text = text;
		out->status = f->codes[which];
		out->code_from = f->from[which];
		return true;
	}
	return false;
}

void
classify(const struct rules *operators, const struct report *report,
    const struct report_recipient *r, struct classification *out)
{
	struct facts f = { 0 };

	find_codes(r, &f);
	find_host(report, r, &f);
	*out = (struct classification){ .class = CLASS_UNDETERMINED,
		.rule = "no-rule",
		.rule_file = "",
		.rule_source = "",
		.rule_text = "",
		.status = f.codes[0],
		.code_from = f.from[0],
		.reply_code = f.reply,
		.host = r->remote_mta[0] != '\0' ? r->remote_mta
						 : report->reporting_mta,
		.final = f.final };
	if (strstr(r->diagnostic, DECIDE_MARK) != NULL) {
		out->class = CLASS_POLICY;
		out->rule = "own-refusal";
		out->own_refusal = true;
		return;
	}
	find_text(r, &f);
	grams_of_text(f.text, &f.grams);
	if (!look_up(operators, &f, out))
		(void)look_up(rules_builtin(), &f, out);
	out->suppresses =
	    r->action == DSN_FAILED && f.final && class_suppresses(out->class);
}
