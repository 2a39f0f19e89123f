#include "tests/unit/journals.h"

#include <dirent.h>

/*
 * The journal that each case damages: three batches, of 3, 2 and 1 lines.
 */
struct places {
	struct journal_start first; /* behind the first batch */
	struct journal_start last;  /* behind the last */
	off_t second;               /* where the second batch begins */
	off_t third;
	off_t end;
};

static struct journal_start
start_at(const struct writing *w)
{
	return (struct journal_start){ w->end.pos, w->end.lsn, w->end.seq,
		w->end.at };
}

static struct places
three_batches(void)
{
	struct writing w = begin();
	struct places p;

	write_batch(&w, 3);
	p.first = start_at(&w);
	p.second = w.end.pos.offset;
	write_batch(&w, 2);
	p.third = w.end.pos.offset;
	write_batch(&w, 1);
	p.last = start_at(&w);
	p.end = w.end.pos.offset;
	journal_close(w.j);
	return p;
}

static size_t
quarantined(off_t *bytes)
{
	char path[128], file[512];
	struct dirent *entry;
	struct stat st;
	size_t n = 0;
	DIR *dir;

	*bytes = 0;
	quarantine_path(path);
	dir = opendir(path);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.' || stat(file, &st) != 0)
			continue;
		*bytes += st.st_size;
		n++;
	}
	closedir(dir);
	return n;
}

static void
nothing(const struct places *p)
{
	(void)p;
}
static void
half_a_line(const struct places *p)
{
	segment_cut(1, p->end - 40);
}
static void
no_line_end(const struct places *p)
{
	segment_cut(1, p->end - 1);
}
static void
one_line_of_two(const struct places *p)
{
	segment_cut(1, p->third);
	segment_cut(1, p->third - 60);
}
static void
zeros_behind(const struct places *p)
{
	char zeros[40000] = { 0 };

	(void)p;
	segment_put(1, -1, zeros, sizeof(zeros));
}
static void
words_behind(const struct places *p)
{
	(void)p;
	segment_put(1, -1, "garbage\n{}\n\n", 12);
}
static void
flip_last(const struct places *p)
{
	segment_flip(1, p->third + 30);
}
static void
flip_second(const struct places *p)
{
	segment_flip(1, p->second + 30);
}
static void
flip_first(const struct places *p)
{
	(void)p;
	segment_flip(1, p->first.pos.offset - 30);
}
static void
flip_header(const struct places *p)
{
	(void)p;
	segment_flip(1, 30);
}
static void
no_header(const struct places *p)
{
	char line[1000];
	int fd = segment_open(1);

	(void)p;
	ck_assert(pread(fd, line, sizeof(line), 0) > 0);
	close(fd);
	segment_remove(1, 0, (off_t)(strchr(line, '\n') - line + 1));
}
static void
zero_second(const struct places *p)
{
	char *zeros = mem_new((size_t)(p->third - p->second), 1);

	segment_put(1, p->second, zeros, (size_t)(p->third - p->second));
	free(zeros);
}
static void
zero_much(const struct places *p)
{
	/* Longer than any line, and good lines behind it. */
	enum { HOLE = 3 * 1024 * 1024 };
	char *bytes = mem_new((size_t)(HOLE + p->end - p->third), 1);
	size_t rest = (size_t)(p->end - p->third);
	int fd = segment_open(1);

	ck_assert(pread(fd, bytes + HOLE + 1, rest - 1, p->third + 1) ==
		  (ssize_t)rest - 1);
	ck_assert(pread(fd, bytes + HOLE, 1, p->third) == 1);
	bytes[HOLE - 1] = '\n';
	close(fd);
	segment_put(1, p->second, bytes, HOLE + rest);
	free(bytes);
}
static void
no_second(const struct places *p)
{
	segment_remove(1, p->second, p->third - p->second);
}
static void
third_twice(const struct places *p)
{
	char line[2000];
	size_t len = (size_t)(p->end - p->third);
	int fd = segment_open(1);

	ck_assert(pread(fd, line, len, p->third) == (ssize_t)len);
	close(fd);
	segment_put(1, p->end, line, len);
}
static void
all_zeros(const struct places *p)
{
	char *zeros = mem_new((size_t)p->end, 1);

	segment_put(1, 0, zeros, (size_t)p->end);
	free(zeros);
}

enum knows { NOTHING, FIRST, ALL };

static const struct {
	void (*damage)(const struct places *p);
	enum knows index; /* how far the index is */
	bool good;
	uint64_t lsn; /* what is left */
} rows[] = {
	{ nothing, NOTHING, true, 6 },
	{ nothing, FIRST, true, 6 },
	{ nothing, ALL, true, 6 },
	/* a torn end: nobody was told that it is done */
	{ half_a_line, NOTHING, true, 5 },
	{ half_a_line, FIRST, true, 5 },
	{ no_line_end, FIRST, true, 5 },
	{ one_line_of_two, FIRST, true, 3 }, /* all of the batch goes */
	{ zeros_behind, ALL, true, 6 },
	{ words_behind, ALL, true, 6 },
	{ flip_last, FIRST, true, 5 },
	/* but the index is ahead */
	{ half_a_line, ALL, false, 0 },
	{ no_line_end, ALL, false, 0 },
	/* what a later batch proves to have been durable */
	{ flip_second, NOTHING, false, 0 },
	{ flip_second, FIRST, false, 0 },
	{ flip_first, NOTHING, false, 0 },
	{ zero_second, FIRST, false, 0 },
	{ zero_much, NOTHING, false, 0 },
	{ zero_much, FIRST, false, 0 },
	{ no_second, NOTHING, false, 0 },
	{ no_second, FIRST, false, 0 },
	{ third_twice, ALL, true, 6 },
	/* the header, also when the scan begins behind it */
	{ flip_header, NOTHING, false, 0 },
	{ flip_header, FIRST, false, 0 },
	{ flip_header, ALL, false, 0 },
	{ no_header, NOTHING, false, 0 },
	{ all_zeros, NOTHING, false, 0 },
	{ all_zeros, ALL, false, 0 },
};

START_TEST(recovers_or_refuses)
{
	struct places p = three_batches();
	struct journal_start from = { 0 };
	struct writing w = { 0 };
	off_t size, bytes;
	uint64_t index = 0;

	if (rows[_i].index != NOTHING) {
		from = rows[_i].index == FIRST ? p.first : p.last;
		index = from.lsn;
	}
	rows[_i].damage(&p);
	size = segment_size(1);
	ck_assert_msg(recover_from(&w, from, index) == rows[_i].good, "%s",
	    err.text);
	if (!rows[_i].good) {
		/* Nothing was changed, and the text names the place. */
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
		ck_assert(strstr(err.text, "segment 1, byte ") != NULL);
		ck_assert_int_eq(segment_size(1), size);
		ck_assert_uint_eq(quarantined(&bytes), 0);
		return;
	}
	ck_assert_uint_eq(w.end.lsn, rows[_i].lsn);
	ck_assert_uint_eq(w.end.seq, rows[_i].lsn);
	ck_assert_int_eq(w.end.at, (int64_t)rows[_i].lsn);
	ck_assert_int_eq(segment_size(1), w.end.pos.offset);
	/* What was cut off is kept. */
	ck_assert_uint_eq(quarantined(&bytes), size == segment_size(1) ? 0 : 1);
	ck_assert_int_eq(bytes, size - segment_size(1));
	ck_assert_uint_eq(w.end.cut_bytes, (uint64_t)bytes);
	write_batch(&w, 2);
	journal_close(w.j);
	w = begin();
	ck_assert_uint_eq(w.end.lsn, rows[_i].lsn + 2);
	journal_close(w.j);
}
END_TEST

/* A first batch of several pages whose first page is lost. */
START_TEST(torn_first_batch)
{
	struct writing w = begin();
	struct journal_pos at;
	struct buf lines;

	ck_assert(journal_reserve(w.j, 1, &at, &err));
	buf_init(&lines, 1 << 20);
	encode_batch(&w, at, 30, true, &lines);
	memset(lines.p, 0, 4000);
	segment_put(1, -1, lines.p, lines.len);
	buf_done(&lines);
	journal_close(w.j);
	w = begin();
	ck_assert_uint_eq(w.end.lsn, 0);
	ck_assert_uint_gt(w.end.cut_bytes, 4000);
	journal_close(w.j);
}
END_TEST

static struct writing
three_segments(void)
{
	struct writing w = begin();

	journal_set_segment_bytes(w.j, 1000);
	while (w.end.pos.segment < 3)
		write_batch(&w, 1);
	return w;
}

/* What a crash may leave of a rotation is made whole. */
START_TEST(torn_rotation)
{
	struct writing w = three_segments();
	uint64_t lsn = w.end.lsn;
	off_t sealed;
	char path[128];

	journal_close(w.j);
	switch (_i) {
	case 0: /* no new segment yet */
		snprintf(path, sizeof(path), "%s/0000000003.jsonl",
		    scratch_dir);
		ck_assert(unlink(path) == 0);
		lsn--;
		break;
	case 1: /* it is empty */
		segment_cut(3, 0);
		lsn--;
		break;
	case 2: /* half of its header */
		segment_cut(3, 60);
		lsn--;
		break;
	case 3: /* half of the seal */
		snprintf(path, sizeof(path), "%s/0000000003.jsonl",
		    scratch_dir);
		ck_assert(unlink(path) == 0);
		sealed = segment_size(2);
		segment_cut(2, sealed - 20);
		lsn--;
		break;
	default:
		break;
	}
	w = begin();
	ck_assert_uint_eq(w.end.lsn, lsn);
	journal_set_segment_bytes(w.j, 1000);
	write_batch(&w, 1);
	ck_assert_uint_eq(w.pos.segment, 3);
	journal_close(w.j);
	w = begin();
	ck_assert_uint_eq(w.end.lsn, lsn + 1);
	journal_close(w.j);
}
END_TEST

static void
lose_first(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" FIRST_SEGMENT, scratch_dir);
	ck_assert(unlink(path) == 0);
}
static void
lose_second(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/0000000002.jsonl", scratch_dir);
	ck_assert(unlink(path) == 0);
}
static void
lose_a_seal(void)
{
	segment_cut(1, segment_size(1) - 100);
}
static void
swap(void)
{
	char from[128], to[128], aside[128];

	snprintf(from, sizeof(from), "%s/" FIRST_SEGMENT, scratch_dir);
	snprintf(to, sizeof(to), "%s/0000000002.jsonl", scratch_dir);
	snprintf(aside, sizeof(aside), "%s/aside", scratch_dir);
	ck_assert(rename(from, aside) == 0 && rename(to, from) == 0 &&
		  rename(aside, to) == 0);
}

static void (*const breaks[])(
    void) = { lose_first, lose_second, lose_a_seal, swap };

START_TEST(broken_chain_is_refused)
{
	struct writing w = three_segments();

	journal_close(w.j);
	breaks[_i]();
	ck_assert(!recover_from(&w, (struct journal_start){ 0 }, 0));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	ck_assert(strstr(err.text, "backup") != NULL);
}
END_TEST

/* The index has seen the last segment, and it is gone. */
START_TEST(lost_last_segment_is_refused)
{
	struct writing w = three_segments();
	struct journal_start last = start_at(&w);
	char path[128];

	journal_close(w.j);
	snprintf(path, sizeof(path), "%s/0000000003.jsonl", scratch_dir);
	ck_assert(unlink(path) == 0);
	ck_assert(!recover_from(&w, last, last.lsn));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	ck_assert(!recover_from(&w, (struct journal_start){ 0 }, last.lsn));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
}
END_TEST

/* I7, also where there is no index to tell. */
START_TEST(another_key_is_refused)
{
	struct places p = three_batches();
	char quarantine[128];
	struct journal_start from =
	    _i == 0 ? p.last : (struct journal_start){ 0 };
	struct journal_end end;
	struct journal *j;

	quarantine_path(quarantine);
	j = journal_open(scratch_dir, "ffffffffffffffffffffffffffffffff", &err);
	ck_assert(j != NULL);
	ck_assert(!journal_recover(j, from, from.lsn, quarantine, &end, &err));
	ck_assert_int_eq(err.code, ERROR_REFUSED);
	ck_assert_int_eq(segment_size(1), p.end);
	journal_close(j);
}
END_TEST

static Suite *
recover_suite(void)
{
	Suite *s = suite_create("journal_recover");
	TCase *t = tcase_create("journal_recover");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_loop_test(t, recovers_or_refuses, 0, ARRAY_LEN(rows));
	tcase_add_test(t, torn_first_batch);
	tcase_add_loop_test(t, torn_rotation, 0, 4);
	tcase_add_loop_test(t, broken_chain_is_refused, 0, ARRAY_LEN(breaks));
	tcase_add_test(t, lost_last_segment_is_refused);
	tcase_add_loop_test(t, another_key_is_refused, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(recover_suite)
