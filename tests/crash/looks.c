/*
 * looks - lets each system call that reads fail, in turn, while somebody
 * looks at the store: what is answered is right, or it is an error. An answer
 * that is short, or a value that is told to be free, because something could
 * not be read is what must not be.
 *
 * usage: looks MODE [POINTS]
 *
 * MODE: read or read-on (fault.h). POINTS: about so many calls of each
 * question, evenly spread; else 100. The last line is "N passed, N failed".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/backup.h"
#include "db/contact.h"
#include "db/query.h"
#include "db/stats.h"
#include "db/store_impl.h"
#include "tests/crash/fault.h"
#include "tests/crash/model.h"
#include "tests/crash/tree.h"

#define STEPS 10
#define SEGMENT_BYTES 10000
/* Of the clocks of what is asked; the model's events are older. */
#define NOW INT64_C(4000000000)
#define ANSWER_BYTES (8 * 1024 * 1024)

static char top[64], dir[80], archive[80], restored[80];

/* Answers a question about the store: appends what it has found. */
typedef bool question_fn(struct store *st, struct buf *out, struct error *err);

static struct value
value_at(int step, char which)
{
	struct value v;
	char text[40];

	snprintf(text, sizeof(text), "s%d-%c@example.com", step, which);
	value_of(&v, KIND_EMAIL, text);
	return v;
}

static bool
put_event(const struct event *ev, void *arg)
{
	buf_addf(arg, "%llu %d %s\n", (unsigned long long)ev->lsn, (int)ev->op,
	    ev->value.text);
	return true;
}

static bool
put_reason(const struct reason_row *row, void *arg)
{
	buf_addf(arg, "%s %d %llu\n", row->value.text, (int)row->reason->source,
	    (unsigned long long)row->first->lsn);
	return true;
}

static bool
put_contact(const struct contact *c, void *arg)
{
	buf_addf(arg, "%s %zu %d\n", c->id, c->values_n, c->blocked != 0);
	return true;
}

static bool
put_contact_value(const struct contact_value_row *row, void *arg)
{
	buf_addf(arg, "%s %zu %zu\n", row->value.text, row->live, row->put);
	return true;
}

static bool
put_activity(const struct activity *one, void *arg)
{
	return one->event == NULL || put_event(one->event, arg);
}

static bool
put_record(const uint8_t hash[VALUE_HASH_BYTES], const struct record *rec,
    void *arg)
{
	buf_addf(arg, "%02x%02x %zu\n", hash[0], hash[1],
	    record_live(rec, NOW, NULL, 0));
	return true;
}

static bool
put_fed(const struct event *ev, const struct store_place *behind, void *arg)
{
	buf_addf(arg, "%llu ", (unsigned long long)behind->lsn);
	return put_event(ev, arg);
}

static bool
ask_values(struct store *st, struct buf *out, struct error *err)
{
	for (int i = 0; i <= STEPS; i++)
		for (char which = 'a'; which <= 'c'; which++) {
			struct value v = value_at(i, which);
			struct record rec;
			bool found;

			if (!store_get(st, &v, &rec, &found, err))
				return false;
			buf_addf(out, "%d", found);
			if (!found)
				continue;
			buf_addf(out, ":%zu ", record_live(&rec, NOW, NULL, 0));
			record_done(&rec);
		}
	return true;
}

static bool
ask_known(struct store *st, struct buf *out, struct error *err)
{
	uint8_t hashes[(STEPS + 1) * VALUE_HASH_BYTES];
	bool known[STEPS + 1];

	for (int i = 0; i <= STEPS; i++) {
		struct value v = value_at(i, 'a');

		store_hash(st, &v, hashes + i * VALUE_HASH_BYTES);
	}
	if (!store_known(st, hashes, STEPS + 1, known, err))
		return false;
	for (int i = 0; i <= STEPS; i++)
		buf_addf(out, "%d", known[i]);
	return true;
}

static bool
ask_reasons(struct store *st, struct buf *out, struct error *err)
{
	struct value v = value_at(STEPS - 1, 'b');
	size_t n;

	return query_value(st, &v, NOW, put_reason, out, &n, err);
}

static bool
ask_history(struct store *st, struct buf *out, struct error *err)
{
	struct value v = value_at(1, 'b');
	struct filter all = { 0 }, of_contact = { .contact = "k2" };

	return query_history(st, &v, &all, put_event, out, err) &&
	       query_history(st, NULL, &all, put_event, out, err) &&
	       query_history(st, NULL, &of_contact, put_event, out, err) &&
	       contact_history(st, "k3", UINT64_MAX, put_event, out, err);
}

static bool
ask_activity(struct store *st, struct buf *out, struct error *err)
{
	struct filter f = { .search = "example" };
	uint64_t lost;

	return query_activity(st, NULL, &f, put_activity, out, &lost, err);
}

static bool
ask_list(struct store *st, struct buf *out, struct error *err)
{
	struct filter f = { .search = "s1" };

	if (!query_list(st, &f, NOW, put_reason, out, err))
		return false;
	f = (struct filter){ .contact = "k4" };
	if (!query_list(st, &f, NOW, put_reason, out, err))
		return false;
	f = (struct filter){ .sort = SORT_SINCE, .limit = 5 };
	return query_list(st, &f, NOW, put_reason, out, err);
}

static bool
ask_contacts(struct store *st, struct buf *out, struct error *err)
{
	struct contact_filter all = { 0 }, some = { .search = "5" };
	struct value v = value_at(2, 'c');
	struct contact c;
	bool found;
	size_t n;

	if (!contact_get(st, "k2", &c, &found, err) ||
	    !contact_values(st, "k2", NOW, put_contact_value, out, err) ||
	    !contact_of_value(st, &v, put_contact, out, &n, err) ||
	    !contact_list(st, &some, put_contact, out, err))
		return false;
	buf_addf(out, "%d %zu\n", found, n);
	return contact_list(st, &all, put_contact, out, err);
}

static bool
ask_walks(struct store *st, struct buf *out, struct error *err)
{
	int64_t at;

	return store_walk(st, NULL, put_record, out, err) &&
	       store_walk_events(st, put_event, out, err) &&
	       store_walk_since(st, 0, 40, put_event, out, err) &&
	       store_last_time(st, &at, err) && store_answers(st, err);
}

static bool
ask_feed(struct store *st, struct buf *out, struct error *err)
{
	struct store_place start = { 0 }, end;

	if (!store_end(st, &end, err))
		return false;
	buf_addf(out, "%llu\n", (unsigned long long)end.lsn);
	return store_feed(st, &start, put_fed, out, err);
}

static void
count_nothing(uint64_t values)
{
	(void)values;
}

static bool
ask_stats(struct store *st, struct buf *out, struct error *err)
{
	struct stats s;

	if (!stats_make(st, NOW, NOW - 86400, 5, count_nothing, &s, err))
		return false;
	buf_addf(out, "%llu %llu %zu\n", (unsigned long long)s.values,
	    (unsigned long long)s.reasons, s.domains_n);
	stats_done(&s);
	return true;
}

static void
keep_quiet(const char *line, void *arg)
{
	(void)line;
	(void)arg;
}

/* It may say that it can't tell, or that there is a fault; but not that all
 * is well with less. */
static bool
ask_verify(struct store *st, struct buf *out, struct error *err)
{
	struct store_totals t;

	if (!store_verify(st, keep_quiet, NULL, &t, err))
		return false;
	if (t.faults > 0) {
		error_set(err, ERROR_CORRUPT, "faults");
		return false;
	}
	buf_addf(out, "%llu %llu %llu\n", (unsigned long long)t.events,
	    (unsigned long long)t.values, (unsigned long long)t.suppressed);
	return true;
}

static bool
ask_backup(struct store *st, struct buf *out, struct error *err)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	char *bytes = NULL;
	off_t len;
	bool ok = backup_write(st, fd, NOW, NULL, NULL, err);

	len = lseek(fd, 0, SEEK_CUR);
	if (ok) {
		bytes = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);
		ok = bytes != MAP_FAILED;
	}
	if (ok) {
		buf_add(out, bytes, (size_t)len);
		munmap(bytes, (size_t)len);
	}
	close(fd);
	return ok;
}

/* A store is made of the archive, or it is told that it can't be. */
static bool
ask_restore(struct store *st, struct buf *out, struct error *err)
{
	int fd = open(archive, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && backup_read(fd, restored, err);

	(void)st;
	if (fd >= 0)
		close(fd);
	buf_addf(out, "restored\n");
	return ok;
}

static const struct {
	const char *name;
	question_fn *ask;
} questions[] = {
	{ "values", ask_values },
	{ "known", ask_known },
	{ "reasons", ask_reasons },
	{ "history", ask_history },
	{ "activity", ask_activity },
	{ "list", ask_list },
	{ "contacts", ask_contacts },
	{ "walks", ask_walks },
	{ "feed", ask_feed },
	{ "stats", ask_stats },
	{ "verify", ask_verify },
	{ "backup", ask_backup },
	{ "restore", ask_restore },
};

/* Memory that the processes share. */
struct shared {
	long calls;
	size_t right_len;
	char right[ANSWER_BYTES];
};

/* Opens the store and asks, with the fault: 0 right or an error, 1 wrong. */
static int
ask_with(size_t which, struct shared *s, enum fault_mode mode, long at)
{
	const struct store_options options = { .mode = STORE_READ };
	struct error err = { 0 };
	struct store *st;
	struct buf out;
	bool ok;

	buf_init(&out, ANSWER_BYTES);
	fault_arm(mode, at);
	st = store_open(dir, &options, &err);
	ok = st != NULL && questions[which].ask(st, &out, &err);
	store_close(st);
	s->calls = fault_count();
	fault_arm(FAULT_NONE, 0);
	if (at == 0 && ok) {
		memcpy(s->right, out.p, out.len);
		s->right_len = out.len;
		return 0;
	}
	if (!ok)
		return at == 0 || err.text[0] == '\0';
	return out.len != s->right_len || memcmp(s->right, out.p, out.len) != 0;
}

static bool
apart(size_t which, struct shared *s, enum fault_mode mode, long at)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(ask_with(which, s, mode, at));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	tree_remove(restored);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
sweep(size_t which, struct shared *s, enum fault_mode mode, long points,
    long *passed, long *failed)
{
	const char *name = questions[which].name;
	long calls, every;

	if (!apart(which, s, mode, 0)) {
		printf("%s: fails without a fault\n", name);
		(*failed)++;
		return;
	}
	calls = s->calls;
	every = calls / points + 1;
	for (long at = 1; at <= calls; at += every) {
		if (apart(which, s, mode, at)) {
			(*passed)++;
			continue;
		}
		(*failed)++;
		printf("%s, %s: wrong after call %ld of %ld\n", name,
		    names_text(fault_names, (int)mode), at, calls);
	}
}

/* A store of several segments, and an archive of it. */
static bool
prepare(struct model *m)
{
	struct error err = { 0 };
	struct store *st = model_open(dir, true, &err);
	FILE *out = fopen(archive, "we");
	bool ok = st != NULL && out != NULL;

	if (ok)
		journal_set_segment_bytes(st->journal, SEGMENT_BYTES);
	for (int i = 0; ok && i < STEPS; i++)
		ok = model_step(m, st, i, &err);
	ok = ok && backup_write(st, fileno(out), NOW, NULL, NULL, &err);
	store_close(st);
	if (out != NULL)
		fclose(out);
	if (!ok)
		printf("%s\n", err.text);
	return ok;
}

int
main(int argc, char **argv)
{
	long passed = 0, failed = 0, points;
	struct model m = { 0 };
	struct shared *s;
	int mode;

	if (argc < 2 || !names_number(fault_names, span_of(argv[1]), &mode)) {
		fprintf(stderr, "usage: looks read|read-on [POINTS]\n");
		return 2;
	}
	points = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(top, sizeof(top), "/tmp/suppressd-looks.XXXXXX");
	if (s == MAP_FAILED || mkdtemp(top) == NULL)
		return 2;
	snprintf(dir, sizeof(dir), "%s/store", top);
	snprintf(archive, sizeof(archive), "%s/archive", top);
	snprintf(restored, sizeof(restored), "%s/restored", top);
	if (prepare(&m))
		for (size_t i = 0; i < ARRAY_LEN(questions); i++)
			sweep(i, s, (enum fault_mode)mode, points, &passed,
			    &failed);
	tree_remove(top);
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed == 0 && passed > 0 ? 0 : 1;
}
