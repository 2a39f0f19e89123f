#include "tests/unit/unit.h"

#include <string.h>

#include "db/record.h"
#include "tests/unit/exact.h"

static struct error err;

/* A record of n reasons, links and covers, each member another number. */
static struct record
record_of(size_t reasons, size_t links, size_t covers)
{
	struct record rec = { .head = { 9, 4000000000 } };

	rec.reasons = mem_new(reasons, sizeof(*rec.reasons));
	rec.reasons_n = reasons;
	rec.covers = mem_new(covers, sizeof(*rec.covers));
	rec.covers_n = covers;
	for (size_t i = 0; i < reasons; i++)
		rec.reasons[i] = (struct reason){
			.source = SOURCE_USER + i % 5,
			.stream = UINT64_MAX - i,
			.contact = i,
			.since = 1700000000 + (int64_t)i,
			.expires = i == 0 ? 0 : 4294967295,
			.last_seen = 1800000000,
			.count = UINT32_MAX,
			.dot = { UINT64_MAX, UINT32_MAX, i + 1 },
			.first = { 1, (uint32_t)i },
			.last = { 2, UINT32_MAX },
		};
	rec.links = mem_new(links, sizeof(*rec.links));
	rec.links_n = links;
	for (size_t i = 0; i < links; i++)
		rec.links[i] = (struct link){
			.role = LINK_NAME + i % 4,
			.other = { (uint8_t)i, 255 },
			.since = 4294967295,
			.dot = { UINT64_MAX, UINT32_MAX, i + 1 },
			.at = { (uint32_t)i, UINT32_MAX },
		};
	for (size_t i = 0; i < covers; i++)
		rec.covers[i] = (struct dot){ 7, 8, i };
	rec.erased = covers > 1;
	return rec;
}

static const struct {
	size_t reasons;
	size_t links;
	size_t covers;
} sizes[] = { { 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 3, 2, 2 },
	{ 1000, 200, 1000 } };

START_TEST(comes_back)
{
	struct record rec = record_of(sizes[_i].reasons, sizes[_i].links,
			  sizes[_i].covers),
		      got;
	struct span s;
	struct buf out;

	buf_init(&out, 1 << 20);
	record_encode(&rec, &out);
	s = exact_bytes(out.p, out.len);
	ck_assert_uint_eq(record_size(s), out.len);
	ck_assert_uint_eq(out.len,
	    RECORD_HEADER_BYTES +
		RECORD_REASON_BYTES * (sizes[_i].reasons + sizes[_i].links) +
		20 * sizes[_i].covers);
	ck_assert_msg(record_decode(s, &got, &err), "%s", err.text);
	ck_assert(record_equal(&rec, &got));
	ck_assert(got.head.segment == 9 && got.head.offset == 4000000000);
	for (size_t i = 0; i < got.reasons_n; i++)
		ck_assert(got.reasons[i].first.offset == i &&
			  got.reasons[i].last.offset == UINT32_MAX);
	for (size_t i = 0; i < got.links_n; i++)
		ck_assert(got.links[i].at.segment == i &&
			  got.links[i].at.offset == UINT32_MAX);
	record_done(&got);
	/* What is cut off anywhere is no record. */
	for (size_t n = 0; n < s.len && n < 300; n++) {
		struct span cut = exact_bytes(s.p, n);

		ck_assert(!record_decode(cut, &got, &err));
		ck_assert_int_eq(err.code, ERROR_CORRUPT);
		exact_free(cut);
	}
	exact_free(s);
	buf_done(&out);
	record_done(&rec);
}
END_TEST

START_TEST(another_version_is_refused)
{
	struct record rec = record_of(1, 0, 0), got;
	struct buf out;

	buf_init(&out, 1000);
	record_encode(&rec, &out);
	out.p[0] = 2;
	ck_assert_uint_eq(record_size(buf_span(&out)), 0);
	ck_assert(!record_decode(buf_span(&out), &got, &err));
	buf_done(&out);
	record_done(&rec);
}
END_TEST

static const struct {
	int64_t now;
	size_t want;
} lives[] = {
	/* never, at 4294967295, at 4294967295 */
	{ 0, 3 },
	{ 4294967294, 3 },
	{ 4294967295, 1 }, /* from that second on it is gone */
	{ INT64_C(9999999999), 1 },
};

START_TEST(expired_reasons_do_not_count)
{
	struct record rec = record_of(3, 0, 0);
	const struct reason *out[3] = { NULL };

	ck_assert_uint_eq(record_live(&rec, lives[_i].now, NULL, 0),
	    lives[_i].want);
	ck_assert_uint_eq(record_live(&rec, lives[_i].now, out, 1),
	    lives[_i].want);
	ck_assert(out[0] == &rec.reasons[0] && out[1] == NULL);
	record_done(&rec);
}
END_TEST

/* What makes two records different. */
static void
change_dot(struct record *r)
{
	r->reasons[1].dot.seq++;
}
static void
change_expiry(struct record *r)
{
	r->reasons[1].expires--;
}
static void
change_count(struct record *r)
{
	r->reasons[1].count--;
}
static void
change_stream(struct record *r)
{
	r->reasons[1].stream--;
}
static void
change_cover(struct record *r)
{
	r->covers[0].incarnation++;
}
static void
change_other(struct record *r)
{
	r->links[1].other[15]++;
}
static void
change_role(struct record *r)
{
	r->links[0].role = LINK_BLOCK;
}
static void
drop_link(struct record *r)
{
	r->links_n--;
}
static void
drop_reason(struct record *r)
{
	r->reasons_n--;
}
static void
drop_cover(struct record *r)
{
	r->covers_n--;
}
static void
change_erased(struct record *r)
{
	r->erased = !r->erased;
}
static void
change_place(struct record *r)
{
	r->head.offset++;
	r->reasons[0].last.offset--;
	r->links[0].at.offset--;
}
static void
change_order(struct record *r)
{
	struct reason first = r->reasons[0];
	struct link link = r->links[0];
	struct dot cover = r->covers[0];

	r->reasons[0] = r->reasons[1];
	r->reasons[1] = first;
	r->links[0] = r->links[1];
	r->links[1] = link;
	r->covers[0] = r->covers[1];
	r->covers[1] = cover;
}

static const struct {
	void (*change)(struct record *r);
	bool equal;
} changes[] = {
	{ change_dot, false },
	{ change_expiry, false },
	{ change_count, false },
	{ change_stream, false },
	{ change_cover, false },
	{ change_other, false },
	{ change_role, false },
	{ drop_link, false },
	{ drop_reason, false },
	{ drop_cover, false },
	{ change_erased, false },
	{ change_place, true },
	{ change_order, true },
};

START_TEST(compares)
{
	struct record a = record_of(2, 2, 2), b;

	record_copy(&b, &a);
	ck_assert(a.reasons != b.reasons && a.links != b.links &&
		  a.covers != b.covers);
	ck_assert(record_equal(&a, &b));
	changes[_i].change(&b);
	ck_assert(record_equal(&a, &b) == changes[_i].equal);
	ck_assert(record_equal(&b, &a) == changes[_i].equal);
	record_done(&a);
	record_done(&b);
}
END_TEST

START_TEST(finds_links)
{
	struct record rec = record_of(0, 9, 0);
	const uint8_t there[VALUE_HASH_BYTES] = { 5, 255 };
	const uint8_t not_there[VALUE_HASH_BYTES] = { 6, 255 };

	/* Roles by turns: 1 2 3 4 1 2 3 4 1 */
	ck_assert_uint_eq(record_links(&rec, LINK_NAME), 3);
	ck_assert_uint_eq(record_links(&rec, LINK_CONTACT), 2);
	ck_assert(record_link(&rec, LINK_VALUE, NULL) == &rec.links[1]);
	ck_assert(record_link(&rec, LINK_VALUE, there) == &rec.links[5]);
	ck_assert(record_link(&rec, LINK_VALUE, not_there) == NULL);
	record_done(&rec);
}
END_TEST

START_TEST(hashes_names)
{
	ck_assert(name_hash("*") == 0 && name_hash("") == 0);
	ck_assert(name_hash("news") != 0);
	ck_assert(name_hash("news") == name_hash("news"));
	ck_assert(name_hash("news") != name_hash("New"));
}
END_TEST

static Suite *
record_suite(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_add_loop_test(t, comes_back, 0, ARRAY_LEN(sizes));
	tcase_add_test(t, another_version_is_refused);
	tcase_add_loop_test(t, expired_reasons_do_not_count, 0,
	    ARRAY_LEN(lives));
	tcase_add_loop_test(t, compares, 0, ARRAY_LEN(changes));
	tcase_add_test(t, finds_links);
	tcase_add_test(t, hashes_names);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(record_suite)
