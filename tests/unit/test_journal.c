#include "tests/unit/journals.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

START_TEST(begins_with_a_segment)
{
	struct writing w = begin();
	struct dot identity;

	journal_identity(w.j, &identity);
	ck_assert(identity.node != 0);
	ck_assert_uint_eq(w.end.lsn, 0);
	ck_assert_uint_eq(w.end.cut_bytes, 0);
	journal_close(w.j);
	/* The same store keeps its name. */
	w = begin();
	ck_assert(segment_size(1) > 0);
	{
		struct dot again;

		journal_identity(w.j, &again);
		ck_assert(dot_equal(&identity, &again));
	}
	journal_close(w.j);
}
END_TEST

START_TEST(reads_what_was_appended)
{
	struct writing w = begin();
	struct event ev;
	uint32_t crc, again;

	write_batch(&w, 3);
	write_batch(&w, 1);
	ck_assert_msg(journal_read(w.j, w.pos, &ev, &err), "%s", err.text);
	ck_assert_uint_eq(ev.lsn, 4);
	ck_assert_uint_eq(ev.batch_first, 4);
	ck_assert_str_eq(ev.value.text, "u4@x.test");
	event_done(&ev);
	ck_assert(journal_crc_before(w.j, w.end.pos, &crc, &err));
	journal_close(w.j);
	/* Who only looks sees the same. */
	w.j = journal_open(scratch_dir, TEST_KEY, &err);
	ck_assert(w.j != NULL);
	ck_assert(journal_crc_before(w.j, w.end.pos, &again, &err));
	ck_assert_uint_eq(crc, again);
	ck_assert(journal_read(w.j, w.pos, &ev, &err));
	event_done(&ev);
	journal_close(w.j);
}
END_TEST

/* Where no event begins, or ends. */
START_TEST(names_a_wrong_place)
{
	struct writing w = begin();
	const struct journal_pos places[] = {
		{ 1, 0 }, /* the header is no event */
		{ 1, 1 },
		{ 1, 1000000 },
		{ 2, 0 },
		{ 0, 0 },
	};
	struct journal_pos off;
	struct event ev;
	uint32_t crc;

	write_batch(&w, 2);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		ck_assert(!journal_read(w.j, places[i], &ev, &err));
		ck_assert(strstr(err.text, "segment") != NULL);
		ck_assert(!journal_crc_before(w.j, places[i], &crc, &err));
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
	}
	off = w.end.pos;
	off.offset--;
	ck_assert(!journal_crc_before(w.j, off, &crc, &err));
	ck_assert(!journal_read(w.j, w.end.pos, &ev, &err)); /* its end */
	segment_flip(1, w.pos.offset + 20);
	ck_assert(!journal_read(w.j, w.pos, &ev, &err));
	ck_assert_int_eq(err.code, ERROR_CORRUPT);
	journal_close(w.j);
}
END_TEST

/* A sealed segment is named by the next one, and stays as it was. */
START_TEST(rotates)
{
	struct writing w = begin();
	char hash[JOURNAL_HASH_TEXT];
	struct journal_header h;
	struct line_reader r;
	struct span line;
	off_t at, size;

	journal_set_segment_bytes(w.j, 2000);
	for (int i = 0; i < 12; i++)
		write_batch(&w, 2);
	ck_assert_uint_ge(w.end.pos.segment, 3);
	size = segment_size(1);
	ck_assert_int_ge(size, 2000);
	journal_close(w.j);

	w = begin();
	ck_assert_uint_eq(w.end.lsn, 24);
	ck_assert_int_eq(segment_size(1), size);
	ck_assert(line_reader_open(&r, w.j, 2, 0, &err));
	ck_assert(line_reader_next(&r, &line, &at, &err) == LINE_GOT);
	ck_assert(journal_header_decode(line, &h, &err));
	line_reader_close(&r);
	ck_assert_uint_eq(h.segment, 2);
	ck_assert_str_eq(h.key_check, TEST_KEY);
	/* the hash is of all before the seal, which is the last line */
	ck_assert(line_reader_open(&r, w.j, 1, 0, &err));
	for (at = 0; line_reader_next(&r, &line, &at, &err) == LINE_GOT;)
		if (journal_line_type(line) == LINE_SEAL)
			break;
	line_reader_close(&r);
	ck_assert(journal_hash(w.j, 1, at, hash, &err));
	ck_assert_str_eq(h.before, hash);
	journal_close(w.j);
}
END_TEST

/* A write that the system cuts short leaves nothing behind. */
START_TEST(cuts_back_a_short_write)
{
	struct writing w = begin();
	struct rlimit limit, all;
	struct journal_pos at;
	struct buf lines;
	bool poisoned = true;
	off_t before;

	write_batch(&w, 1);
	before = segment_size(1);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert(getrlimit(RLIMIT_FSIZE, &all) == 0);
	limit = all;
	limit.rlim_cur = (rlim_t)before + 700;
	ck_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	buf_init(&lines, 1 << 20);
	ck_assert(journal_reserve(w.j, w.end.lsn + 1, &at, &err));
	encode_batch(&w, at, 5, true, &lines);
	ck_assert(!journal_append(w.j, buf_span(&lines), &poisoned, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert(!poisoned);
	ck_assert_int_eq(segment_size(1), before);
	/* With room again it goes on in the same place. */
	ck_assert(setrlimit(RLIMIT_FSIZE, &all) == 0);
	ck_assert(journal_append(w.j, buf_span(&lines), &poisoned, &err));
	ck_assert_int_eq(segment_size(1), before + (off_t)lines.len);
	buf_done(&lines);
	journal_close(w.j);
	w = begin();
	ck_assert_uint_eq(w.end.lsn, 6);
	journal_close(w.j);
}
END_TEST

static Suite *
journal_suite(void)
{
	Suite *s = suite_create("journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, scratch_begin, scratch_end);
	tcase_add_test(t, begins_with_a_segment);
	tcase_add_test(t, reads_what_was_appended);
	tcase_add_test(t, names_a_wrong_place);
	tcase_add_test(t, rotates);
	tcase_add_test(t, cuts_back_a_short_write);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(journal_suite)
