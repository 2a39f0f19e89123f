#include "tests/unit/unit.h"

#include <string.h>

#include "base/metrics.h"

START_TEST(labels_are_escaped)
{
	const struct metrics_label labels[] = { { "a", "x" },
		{ "b", "q\"\\\n\xC3\xA9" } };
	struct buf out;

	buf_init(&out, 1000);
	metrics_begin(&out, METRICS_COUNTER, "n_total", "How many.");
	metrics_add(&out, "n_total", labels, 1, 7);
	metrics_add(&out, "n_total", labels, 2, UINT64_MAX);
	metrics_one(&out, METRICS_GAUGE, "g", "Now.", 0);
	ck_assert_str_eq(buf_text(&out),
	    "# HELP n_total How many.\n# TYPE n_total counter\n"
	    "n_total{a=\"x\"} 7\n"
	    "n_total{a=\"x\",b=\"q\\\"\\\\\\n\xC3\xA9\"} 18446744073709551615\n"
	    "# HELP g Now.\n# TYPE g gauge\ng 0\n");
	buf_done(&out);
}
END_TEST

/* A bucket has what took its time or less, and those below it. */
START_TEST(a_histogram_adds_up)
{
	static const struct {
		int64_t ns;
		const char *line;
	} cases[] = {
		{ 0, "h_bucket{le=\"1e-06\"} 2\n" },
		{ 1000, "h_bucket{le=\"2.5e-06\"} 3\n" },
		{ 1001, "h_bucket{le=\"1.0\"} 4\n" },
		{ 1000000000, "h_bucket{le=\"2.5\"} 5\n" },
		{ 1000000001, "h_bucket{le=\"10.0\"} 6\n" },
		{ 10000000000, "h_bucket{le=\"+Inf\"} 7\n" },
		{ 10000000001, "h_sum 22.000002003\nh_count 7\n" },
	};
	struct histogram h = { 0 };
	struct buf out;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		histogram_add(&h, cases[i].ns);
	buf_init(&out, 10000);
	metrics_histogram(&out, "h", "Long.", &h);
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "# TYPE h histogram\n"));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_msg(strstr(buf_text(&out), cases[i].line) != NULL,
		    "%s is not in %s", cases[i].line, buf_text(&out));
	buf_done(&out);
}
END_TEST

static Suite *
metrics_suite(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("metrics");

	tcase_add_test(t, labels_are_escaped);
	tcase_add_test(t, a_histogram_adds_up);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(metrics_suite)
