#include "policy/import.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/unit/stores.h"

static int64_t
at(const char *text)
{
	int64_t t;

	ck_assert(clock_parse(span_of(text), &t, &err));
	return t;
}

static int
file_of(const char *text)
{
	int fd = memfd_create("import", MFD_CLOEXEC);

	ck_assert(fd >= 0 && file_pwrite_all(fd, text, strlen(text), 0));
	return fd;
}

/* Headers as the documentation of each has them. */
static const struct {
	const char *header; /* columns, by "," */
	const char *format; /* "": none */
} headers[] = {
	{ "type,value,kind,source,stream,contact,since,expires,count,"
	  "last_seen,by,why,shown,evidence",
	    "suppressd" },
	{ "EmailAddress,Reason,LastUpdateTime", "ses" },
	{ "LastUpdateTime,emailaddress,REASON", "ses" },
	{ "EmailAddress,SuppressionReason,Origin,CreatedAt", "postmark" },
	{ "status,reason,email,created", "sendgrid-bounces" },
	{ "reason,email,created", "sendgrid-invalid" },
	{ "email,ip,created", "sendgrid-spam-reports" },
	{ "email,created", "sendgrid-unsubscribes" },
	{ "address,code,error,created_at", "mailgun-bounces" },
	{ "address,tags,created_at", "mailgun-unsubscribes" },
	{ "address,tag,created_at", "mailgun-unsubscribes" },
	{ "address,created_at", "mailgun-complaints" },
	{ "Email Address,First Name,UNSUB_TIME", "mailchimp-unsubscribed" },
	{ "Email Address,MEMBER_RATING,CLEAN_TIME", "mailchimp-cleaned" },
	{ "Email Address,MEMBER_RATING", "mailchimp-subscribed" },
	{ "firstName,email,lastName", "csv" },
	{ "Email Address", "csv" },
	{ "value", "csv" },
	{ "linkedinUrl", "csv" },
	{ "name,mail", "" },
	{ "joe@example.com", "" },
};

START_TEST(knows_the_header)
{
	struct span rest = span_of(headers[_i].header), names[20];
	const struct import_format *f;
	size_t n = 0;

	while (span_cut(&rest, ',', &names[n]))
		n++;
	f = import_format_of(names, n);
	ck_assert_str_eq(f != NULL ? f->name : "", headers[_i].format);
}
END_TEST

static const struct {
	const char *in;
	const char *want; /* NULL: no time */
} times[] = {
	{ "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z" },
	{ "2026-03-01T10:00:00.123456+02:00", "2026-03-01T08:00:00Z" },
	{ "2026-03-01T05:00:00.5-05:00", "2026-03-01T10:00:00Z" },
	{ "2026-03-01 10:00:00", "2026-03-01T10:00:00Z" },
	{ "2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00Z" },
	{ "2026-03-01 10:00", "2026-03-01T10:00:00Z" },
	{ "2026-03-01", "2026-03-01T00:00:00Z" },
	{ "Sun, 01 Mar 2026 10:00:00 GMT", "2026-03-01T10:00:00Z" },
	{ "Sun, 01 Mar 2026 10:00:00 -0130", "2026-03-01T11:30:00Z" },
	{ "1772359200", "2026-03-01T10:00:00Z" },
	{ "1772359200123", "2026-03-01T10:00:00Z" },
	{ "", NULL },
	{ "never", NULL },
	{ "12", NULL },
	{ "2026-03-01T10:00:00+99:00", NULL },
	{ "2026-03-01T10:00:00 o'clock", NULL },
	{ "1960-01-01", NULL },
};

START_TEST(reads_times)
{
	int64_t got = 0;
	bool ok = import_time(span_of(times[_i].in), &got);

	ck_assert(ok == (times[_i].want != NULL));
	if (ok)
		ck_assert_int_eq(got, at(times[_i].want));
}
END_TEST

/* One line of each way to say something. */
static const struct {
	const char *file;
	enum import_result result; /* of its last line */
	const char *value;
	enum source source;
	const char *stream;
	const char *why;
} lines[] = {
	{ "Joe@Example.com", IMPORT_CHANGE, "joe@example.com", SOURCE_API,
	    "news", "why" },
	{ "# c\n\n@example.net\n", IMPORT_CHANGE, "@example.net", SOURCE_API,
	    "news", "why" },
	{ "email\nx@", IMPORT_BAD, "", 0, "", "" },
	{ "email,source,stream,why\nj@x.test,lead,bills,\"a, b\"",
	    IMPORT_CHANGE, "j@x.test", SOURCE_LEAD, "bills", "a, b" },
	{ "email,source,stream,why\nj@x.test,,,", IMPORT_CHANGE, "j@x.test",
	    SOURCE_API, "news", "why" },
	{ "email,expires\nj@x.test,soon", IMPORT_BAD, "", 0, "", "" },
	{ "email,expires\nj@x.test,1999-01-01", IMPORT_SKIP, "", 0, "", "" },
	{ "EmailAddress,Reason\nj@x.test,COMPLAINT", IMPORT_CHANGE, "j@x.test",
	    SOURCE_ABUSE, "news", "why" },
	/* a word that nobody knew stops mail all the same */
	{ "EmailAddress,Reason\nj@x.test,NEW", IMPORT_CHANGE, "j@x.test",
	    SOURCE_BOUNCED, "news", "why" },
	{ "EmailAddress,SuppressionReason,Origin\n"
	  "j@x.test,ManualSuppression,Recipient",
	    IMPORT_CHANGE, "j@x.test", SOURCE_LEAD, "news", "why" },
	{ "EmailAddress,SuppressionReason,Origin\n"
	  "j@x.test,HardBounce,Recipient",
	    IMPORT_CHANGE, "j@x.test", SOURCE_BOUNCED, "news", "why" },
	{ "{\"email\":\"j@x.test\"}", IMPORT_CHANGE, "j@x.test", SOURCE_API,
	    "news", "why" },
	{ "{\"email\":\"j@x.test\"", IMPORT_FAILED, "", 0, "", "" },
	{ "{\"email\":\"j@x.test\"}\n{\"email\":\"", IMPORT_BAD, "", 0, "",
	    "" },
	/* what export --csv has marked for spreadsheets */
	{ "value,source,stream,why\nj@x.test,abuse,*,'=1", IMPORT_CHANGE,
	    "j@x.test", SOURCE_ABUSE, "*", "=1" },
	{ "value,source,stream,why\nj@x.test,abuse,*,'quoted'", IMPORT_CHANGE,
	    "j@x.test", SOURCE_ABUSE, "*", "'quoted'" },
	{ "type,value,source,stream\nevent,j@x.test,user,*", IMPORT_SKIP, "", 0,
	    "", "" },
	{ "Email Address,MEMBER_RATING\nj@x.test,4", IMPORT_FAILED, "", 0, "",
	    "" },
	{ "name,mail\nJoe,j@x.test", IMPORT_FAILED, "", 0, "", "" },
	{ "\xFF\xFEj\0", IMPORT_FAILED, "", 0, "", "" },
};

START_TEST(takes_a_line)
{
	const struct import_defaults defaults = { .source = SOURCE_API,
		.stream = "news",
		.why = "why",
		.by = "alice",
		.batch = "b1",
		.now = at("2026-06-01") };
	int fd = file_of(lines[_i].file);
	struct import_reader *r = import_reader_new(fd, &defaults);
	enum import_result result, last = IMPORT_END;
	struct span value;
	struct change c;
	uint64_t line;

	while ((result = import_reader_next(r, &c, &line, &value, &err)) !=
		   IMPORT_END &&
	       last != IMPORT_FAILED)
		last = result;
	ck_assert_msg(last == lines[_i].result, "%d: %s", last, err.text);
	if (last == IMPORT_CHANGE) {
		ck_assert_str_eq(c.value.text, lines[_i].value);
		ck_assert_int_eq(c.source, lines[_i].source);
		ck_assert_str_eq(c.stream, lines[_i].stream);
		ck_assert_str_eq(c.why, lines[_i].why);
		ck_assert_str_eq(c.by, "alice");
		ck_assert_str_eq(c.evidence.ref, "b1");
		ck_assert(c.if_new);
	}
	import_reader_free(r);
	close(fd);
}
END_TEST

static void
keep(uint64_t line, struct span value, enum import_verdict verdict,
    const char *why, void *arg)
{
	(void)why;
	buf_addf(arg, "%d:", (int)line);
	buf_add_span(arg, value);
	buf_addf(arg, ":%s|", names_text(import_verdict_names, (int)verdict));
}

/* Every line has its verdict, in the order of the file. */
START_TEST(reports_each_line)
{
	static const char file[] = "email,expires\n"
				   "b@x.test,\n"
				   "\n"
				   "nobody,\n"
				   "a@x.test,2001-01-01\n"
				   "B@x.test,\n"
				   "a@x.test,\n";
	struct store *st = open_as(STORE_WRITE);
	struct buf got;
	struct import in = { .st = st,
		.fd = file_of(file),
		.defaults = { .by = "alice", .now = at("2026-06-01") },
		.report = keep,
		.arg = &got };
	struct import_totals t;

	buf_init(&got, 1000);
	ck_assert_msg(import_run(&in, &t, &err), "%s", err.text);
	ck_assert_str_eq(buf_text(&got),
	    "2:b@x.test:added|4:nobody:bad|5:a@x.test:skipped|"
	    "6:B@x.test:known|7:a@x.test:added|");
	ck_assert_uint_eq(t.lines, 5);
	ck_assert_uint_eq(t.added, 2);
	ck_assert_uint_eq(t.known, 1);
	ck_assert_uint_eq(t.skipped, 1);
	ck_assert_uint_eq(t.bad, 1);
	ck_assert_str_eq(t.format, "csv");
	ck_assert_uint_eq(live(st, "b@x.test"), 1);
	buf_done(&got);
	close(in.fd);
	store_close(st);
}
END_TEST

static Suite *
import_suite(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_loop_test(t, knows_the_header, 0, ARRAY_LEN(headers));
	tcase_add_loop_test(t, reads_times, 0, ARRAY_LEN(times));
	tcase_add_loop_test(t, takes_a_line, 0, ARRAY_LEN(lines));
	tcase_add_test(t, reports_each_line);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(import_suite)
