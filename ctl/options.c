#include "ctl/options.h"

#include "base/clock.h"
#include "base/utf8.h"

static bool
is_utf8(struct span s)
{
	while (s.len > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (c == UTF8_BAD)
			return false;
		s.p += n;
		s.len -= n;
	}
	return true;
}

/* What goes to the journal is text and comes back as it was given. */
static bool
word(const char *text, char *out, size_t size, struct error *err)
{
	if (!is_utf8(span_of(text))) {
		error_set(err, ERROR_INVALID, "'%.40s' is not UTF-8", text);
		return false;
	}
	if (span_copy(span_of(text), out, size) && text[0] != '\0')
		return true;
	error_set(err, ERROR_INVALID,
	    "'%.40s' is empty or longer than %zu "
	    "bytes",
	    text, size - 1);
	return false;
}

static bool
take_source(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(source_names, text, &number, err))
		return false;
	ctl->opt.filter.source = (enum source)number;
	return true;
}

static bool
take_type(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(activity_type_names, text, &number, err))
		return false;
	ctl->opt.filter.type = (enum activity_type)number;
	return true;
}

static bool
take_expiry(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(expiry_names, text, &number, err))
		return false;
	ctl->opt.filter.expiry = (enum expiry)number;
	return true;
}

static bool
take_kind(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(kind_names, text, &number, err))
		return false;
	ctl->opt.filter.kind = (enum kind)number;
	return true;
}

/* What review list calls it. */
static const struct name state_names[] = {
	{ 1, "unverified" },
	{ 2, GUARD_HELD },
	{ 0, NULL },
};

static bool
take_state(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(state_names, text, &number, err))
		return false;
	ctl->opt.state = names_text(state_names, number);
	return true;
}

static bool
take_scope(const char *text, struct ctl *ctl, struct error *err)
{
	int number;

	if (!names_read(access_scope_names, text, &number, err))
		return false;
	ctl->opt.scope = (enum access_scope)number;
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
take_name(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.name, sizeof(ctl->opt.name), err);
}

static bool
take_search(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->opt.filter.search,
	    sizeof(ctl->opt.filter.search), err);
}

/* Of contacts an id; else a place, which the query itself understands. */
static bool
take_after(const char *text, struct ctl *ctl, struct error *err)
{
	if (span_is(span_of(ctl->command), "contact"))
		return change_contact_id(span_of(text), err) &&
		       word(text, ctl->opt.after_contact,
			   sizeof(ctl->opt.after_contact), err);
	return word(text, ctl->opt.filter.after, sizeof(ctl->opt.filter.after),
	    err);
}

static bool
take_contact(const char *text, struct ctl *ctl, struct error *err)
{
	return change_contact_id(span_of(text), err) &&
	       word(text, ctl->opt.filter.contact,
		   sizeof(ctl->opt.filter.contact), err);
}

static bool
take_sort(const char *text, struct ctl *ctl, struct error *err)
{
	return query_read_sort(text, &ctl->opt.filter, err);
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
take_done(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->opt.done = text;
	return true;
}

static bool
take_report(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->opt.report = text;
	return true;
}

static bool
take_postfix_dir(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->opt.postfix_dir = text;
	return true;
}

static bool
take_config(const char *text, struct ctl *ctl, struct error *err)
{
	(void)err;
	ctl->conf_path = text;
	return true;
}

static bool
take_store(const char *text, struct ctl *ctl, struct error *err)
{
	return word(text, ctl->store_dir, sizeof(ctl->store_dir), err);
}

static bool
take_json(const char *text, struct ctl *ctl, struct error *err)
{
	(void)text;
	(void)err;
	ctl->form = OUTPUT_JSON;
	return true;
}

static bool
take_csv(const char *text, struct ctl *ctl, struct error *err)
{
	(void)text;
	(void)err;
	ctl->form = OUTPUT_CSV;
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
FLAG(all)
FLAG(blocked)
FLAG(drop)
FLAG(dry_run)
FLAG(partial)
FLAG(force)
FLAG(trust)
FLAG(believe)
FLAG(pipe)
FLAG(apply)
FLAG(revert)
FLAG(remove)
FLAG(help)
FLAG(version)

const struct option_row option_rows[] = {
	{ "after", 0, "PLACE", take_after,
	    "go on behind this place: the last row's" },
	{ "all", 0, NULL, take_all, "all that wait" },
	{ "apply", 0, NULL, take_apply,
	    "set the lines, keeping the old values" },
	{ "believe", 0, NULL, take_believe,
	    "vouch for this mail: believe it without proof" },
	{ "blocked", 0, NULL, take_blocked, "only who is not to be contacted" },
	{ "by", 0, "NAME", take_by, "only what this user or program did" },
	{ "contact", 0, "ID", take_contact, "only values of this contact" },
	{ "done", 0, "DIR", take_done, "move processed mails to this Maildir" },
	{ "drop", 0, NULL, take_drop, "the values are taken out" },
	{ "dry-run", 0, NULL, take_dry_run, "only print what would be done" },
	{ "expires", 0, "TIME", take_expires, "end by itself: 12h, 30d, 8w" },
	{ "expiry", 0, "WORD", take_expiry,
	    "none: never ends; some: will end; over: has ended" },
	{ "file", 'f', "FILE", take_file,
	    "read one value a line; - is standard input" },
	{ "force", 0, NULL, take_force,
	    "lift abuse and lead reasons, too; wants --why" },
	{ "kind", 0, "KIND", take_kind,
	    "email, domain, phone, linkedin or contact" },
	{ "limit", 0, "N", take_limit, "at most N rows" },
	{ "name", 0, "NAME", take_name, "the name of the contact" },
	{ "partial", 0, NULL, take_partial,
	    "take the good lines, name the bad" },
	{ "pipe", 0, NULL, take_pipe,
	    "for a mailer's pipe: exit 75, try again, on any failure" },
	{ "postfix-config", 0, "DIR", take_postfix_dir,
	    "Postfix's configuration directory" },
	{ "remove", 0, NULL, take_remove,
	    "drop mail that is for suppressed recipients only" },
	{ "report", 0, "FILE", take_report,
	    "write what became of each line to this file, as CSV" },
	{ "revert", 0, NULL, take_revert, "put the old values back" },
	{ "scope", 0, "SCOPE", take_scope, "read, write or admin" },
	{ "search", 0, "TEXT", take_search, "only with this text in it" },
	{ "since", 0, "TIME", take_since, "from this time on (RFC 3339)" },
	{ "sort", 0, "WORD", take_sort,
	    "value, since, seen, expires, count, source, stream, by;"
	    " -WORD turns it round" },
	{ "source", 0, "SOURCE", take_source,
	    "user, api, lead, bounced or abuse" },
	{ "state", 0, "STATE", take_state, "unverified or held" },
	{ "stream", 0, "NAME", take_stream, "one stream of mail; * is all" },
	{ "trust", 0, NULL, take_trust, "ask for proof, as the milter does" },
	{ "type", 0, "TYPE", take_type, "event or refusal" },
	{ "until", 0, "TIME", take_until, "before this time (RFC 3339)" },
	{ "why", 0, "TEXT", take_why, "the reason, in words" },

	{ "config", 'c', "FILE", take_config, "the configuration" },
	{ "store", 0, "DIR", take_store,
	    "the store, instead of the configured one" },
	{ "json", 0, NULL, take_json, "print one JSON object a line" },
	{ "csv", 0, NULL, take_csv, "print comma-separated values" },
	{ "help", 'h', NULL, take_help, "print this" },
	{ "version", 0, NULL, take_version, "print the version" },
	{ 0 },
};
