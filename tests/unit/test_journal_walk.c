#include "tests/unit/journals.h"

struct seen {
	uint64_t lsn; /* the last */
	size_t n;
	size_t stop_at;
	struct journal_pos next;
	struct journal *j;
};

static bool
see(const struct event *ev, struct journal_pos at, struct journal_pos next,
    uint32_t crc, void *arg)
{
	struct seen *s = arg;
	struct event again;
	uint32_t want;

	ck_assert(s->n == 0 || ev->lsn == s->lsn + 1);
	ck_assert_msg(journal_read(s->j, at, &again, &err), "%s", err.text);
	ck_assert_uint_eq(again.lsn, ev->lsn);
	event_done(&again);
	ck_assert(journal_crc_before(s->j, next, &want, &err));
	ck_assert_uint_eq(crc, want);
	s->lsn = ev->lsn;
	s->next = next;
	s->n++;
	return s->n != s->stop_at;
}

/* Twelve events in three segments. */
static struct writing
twelve(void)
{
	struct writing w = begin();

	journal_set_segment_bytes(w.j, 2000);
	for (int i = 0; i < 6; i++)
		write_batch(&w, 2);
	ck_assert_uint_ge(w.end.pos.segment, 2);
	return w;
}

START_TEST(walks_all)
{
	struct writing w = twelve();
	struct seen all = { .j = w.j }, some = { .j = w.j, .stop_at = 5 },
		    rest = { .j = w.j };

	ck_assert_msg(
	    journal_walk(w.j, (struct journal_pos){ 0 }, see, &all, &err), "%s",
	    err.text);
	ck_assert_uint_eq(all.n, 12);
	ck_assert(all.next.segment == w.end.pos.segment &&
		  all.next.offset == w.end.pos.offset);
	/* Stopped, and on from there. */
	ck_assert(
	    journal_walk(w.j, (struct journal_pos){ 0 }, see, &some, &err));
	ck_assert_uint_eq(some.n, 5);
	ck_assert(journal_walk(w.j, some.next, see, &rest, &err));
	ck_assert_uint_eq(rest.n, 7);
	ck_assert_uint_eq(rest.lsn, 12);
	journal_close(w.j);
}
END_TEST

/* Each event is a second later than the one before; the first has 1. */
START_TEST(seeks_a_time)
{
	struct writing w = twelve();
	struct seen rest = { .j = w.j };
	size_t before = _i > 0 ? (size_t)_i - 1 : 0;
	struct journal_pos from;

	segment_put(w.end.pos.segment, -1, "{\"v\":1,\"lsn\":13,", 16);
	ck_assert_msg(journal_seek(w.j, _i, 0, &from, &err), "%s", err.text);
	ck_assert_msg(journal_walk(w.j, from, see, &rest, &err), "%s",
	    err.text);
	ck_assert_uint_eq(rest.n, before < 12 ? 12 - before : 0);
	ck_assert_uint_eq(rest.lsn, before < 12 ? 12 : 0);
	journal_close(w.j);
}
END_TEST

/* The later of both counts. */
START_TEST(seeks_a_number)
{
	struct writing w = twelve();
	struct journal_pos from;

	for (int64_t since = 0; since < 14; since++) {
		struct seen rest = { .j = w.j };
		int64_t first = since > _i ? since : _i;
		size_t before = first > 0 ? (size_t)first - 1 : 0;

		ck_assert_msg(
		    journal_seek(w.j, since, (uint64_t)_i, &from, &err), "%s",
		    err.text);
		ck_assert(journal_walk(w.j, from, see, &rest, &err));
		ck_assert_uint_eq(rest.n, before < 12 ? 12 - before : 0);
	}
	journal_close(w.j);
}
END_TEST

START_TEST(seeking_tells_damage)
{
	struct writing w = twelve();
	struct journal_pos from;

	for (off_t at = 300; at < segment_size(1); at += 60)
		segment_flip(1, at);
	ck_assert(!journal_seek(w.j, 2, 0, &from, &err));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	ck_assert(strstr(err.text, "segment 1, byte ") != NULL);
	journal_close(w.j);
}
END_TEST

START_TEST(empty_has_none)
{
	struct writing w = begin();
	struct seen none = { .j = w.j };
	struct journal_pos from;

	ck_assert(journal_seek(w.j, 100, 100, &from, &err));
	ck_assert(journal_walk(w.j, from, see, &none, &err));

	ck_assert(
	    journal_walk(w.j, (struct journal_pos){ 0 }, see, &none, &err));
	ck_assert_uint_eq(none.n, 0);
	journal_close(w.j);
}
END_TEST

/* A writer may be in the middle of a line. */
START_TEST(unfinished_line_is_not_there)
{
	struct writing w = twelve();
	struct seen all = { .j = w.j };

	segment_put(w.end.pos.segment, -1, "{\"v\":1,\"lsn\":13,", 16);
	ck_assert(
	    journal_walk(w.j, (struct journal_pos){ 0 }, see, &all, &err));
	ck_assert_uint_eq(all.n, 12);
	journal_close(w.j);
}
END_TEST

static struct {
	char text[400];
	size_t n;
} told;

static void
tell(const char *line, void *arg)
{
	(void)arg;
	if (told.n++ == 0)
		snprintf(told.text, sizeof(told.text), "%s", line);
}

/* Faults that verify must name; those that hide events stop a walk. */
static void
none(const struct writing *w)
{
	(void)w;
}
static void
flip_first_event(const struct writing *w)
{
	(void)w;
	segment_flip(1, 700);
}
static void
flip_header(const struct writing *w)
{
	(void)w;
	segment_flip(1, 40);
}
static void
flip_second_header(const struct writing *w)
{
	(void)w;
	segment_flip(2, 40);
}
static void
flip_seal(const struct writing *w)
{
	(void)w;
	segment_flip(1, segment_size(1) - 20);
}
static void
drop_seal(const struct writing *w)
{
	char tail[4096];
	off_t size = segment_size(1), from = size - 600;
	int fd = segment_open(1);
	const char *seal;

	(void)w;
	ck_assert(pread(fd, tail, 600, from) == 600);
	close(fd);
	tail[600] = '\0';
	seal = strstr(tail, "{\"v\":1,\"sealed\"");
	ck_assert(seal != NULL);
	segment_cut(1, from + (seal - tail));
}
static void
line_behind_seal(const struct writing *w)
{
	(void)w;
	segment_put(1, -1, "{}\n", 3);
}
static void
long_hole(const struct writing *w)
{
	char *zeros = mem_new(3 << 20, 1);

	segment_put(w->end.pos.segment, -1, zeros, 3 << 20);
	free(zeros);
}
static void
last_event_gone(const struct writing *w)
{
	/* the first of two: a hole in the numbers */
	char line[2000];
	int fd = segment_open(w->pos.segment);
	off_t from = w->pos.offset - 400;
	const char *end;
	off_t begin = 0;

	ck_assert(pread(fd, line, 400, from) == 400);
	close(fd);
	line[399] = '\0';
	end = strrchr(line, '\n'); /* of the line before that */
	if (end != NULL)
		begin = end - line + 1;
	segment_remove(w->pos.segment, from + begin, 400 - begin);
}
static void
foreign_segment(const struct writing *w)
{
	char path[128], other[128];

	(void)w;
	/* what a mistaken restore does */
	snprintf(path, sizeof(path), "%s/" FIRST_SEGMENT, scratch_dir);
	snprintf(other, sizeof(other), "%s/0000000002.jsonl", scratch_dir);
	ck_assert(rename(path, other) == 0 || 1);
	ck_assert(link(other, path) == 0);
}

static const struct {
	void (*damage)(const struct writing *w);
	bool walks;
	const char *says; /* NULL: nothing */
} rows[] = {
	{ none, true, NULL },
	{ flip_first_event, false, "segment 1, byte " },
	{ flip_header, true, "segment 1, byte 0" },
	{ flip_second_header, true, "segment 2, byte 0" },
	{ flip_seal, true, "segment 1, byte " },
	{ drop_seal, false, "has no seal" },
	{ line_behind_seal, true, "behind the seal" },
	{ long_hole, false, "no line ends there" },
	{ last_event_gone, true, "out of order" },
	{ foreign_segment, true, "another segment" },
};

START_TEST(verifies)
{
	struct writing w = twelve();
	struct seen all = { .j = w.j };
	uint64_t events, faults;

	told.n = 0;
	rows[_i].damage(&w);
	ck_assert_msg(journal_verify(w.j, tell, NULL, &events, &faults, &err),
	    "%s", err.text);
	ck_assert_uint_eq(faults, told.n);
	if (rows[_i].says == NULL) {
		ck_assert_uint_eq(faults, 0);
		ck_assert_uint_eq(events, 12);
	} else {
		ck_assert_uint_gt(faults, 0);
		ck_assert_msg(strstr(told.text, rows[_i].says) != NULL, "%s",
		    told.text);
	}
	if (!rows[_i].walks) {
		ck_assert(!journal_walk(w.j, (struct journal_pos){ 0 }, see,
		    &all, &err));
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
	}
	journal_close(w.j);
}
END_TEST

static Suite *
walk_suite(void)
{
	Suite *s = suite_create("journal_walk");
	TCase *t = tcase_create("journal_walk");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_test(t, walks_all);
	tcase_add_loop_test(t, seeks_a_time, 0, 15);
	tcase_add_loop_test(t, seeks_a_number, 0, 15);
	tcase_add_test(t, seeking_tells_damage);
	tcase_add_test(t, empty_has_none);
	tcase_add_test(t, unfinished_line_is_not_there);
	tcase_add_loop_test(t, verifies, 0, ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(walk_suite)
