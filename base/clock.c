#include "base/clock.h"

#include <string.h>
#include <time.h>

int64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int64_t
clock_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_ns() / 1000000;
}

static void
put_digits(char *at, int64_t number, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		at[i] = (char)('0' + number % 10);
		number /= 10;
	}
}

/*
 * By hand: each line of the journal has three, and strftime(3) took a third
 * of the time to write it. Years are counted from March, in eras of 400.
 */
void
clock_format(int64_t at, char out[CLOCK_TEXT])
{
	int64_t days, second, era, year, day, month;

	if (at < 0)
		at = 0;
	if (at > CLOCK_MAX_S)
		at = CLOCK_MAX_S;
	days = at / CLOCK_DAY_S + 719468; /* from 0000-03-01 to 1970 */
	second = at % CLOCK_DAY_S;
	era = days / 146097;
	day = days % 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_TEXT);
	put_digits(out, era * 400 + year + (month >= 10 ? 1 : 0), 4);
	put_digits(out + 5, month >= 10 ? month - 9 : month + 3, 2);
	put_digits(out + 8, day + 1, 2);
	put_digits(out + 11, second / 3600, 2);
	put_digits(out + 14, second / 60 % 60, 2);
	put_digits(out + 17, second % 60, 2);
}

/* Reads the digits of s at from..from+len as a number of lo to hi. */
static bool
field(struct span s, size_t from, size_t len, int lo, int hi, int *out)
{
	unsigned long long n;

	if (!span_number((struct span){ s.p + from, len }, 9999, &n) ||
	    (int)n < lo || (int)n > hi)
		return false;
	*out = (int)n;
	return true;
}

bool
clock_parse(struct span s, int64_t *at, struct error *err)
{
	static const char form[] = "nnnn-nn-nnTnn:nn:nnZ";
	struct tm tm = { 0 }, back;
	bool ok = s.len == 10 || s.len == sizeof(form) - 1;
	time_t t;

	for (size_t i = 0; ok && i < s.len; i++)
		if (form[i] != 'n')
			ok = s.p[i] == form[i];
	ok = ok && field(s, 0, 4, 1970, 9999, &tm.tm_year) &&
	     field(s, 5, 2, 1, 12, &tm.tm_mon) &&
	     field(s, 8, 2, 1, 31, &tm.tm_mday);
	if (ok && s.len > 10)
		ok = field(s, 11, 2, 0, 23, &tm.tm_hour) &&
		     field(s, 14, 2, 0, 59, &tm.tm_min) &&
		     field(s, 17, 2, 0, 59, &tm.tm_sec);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	t = timegm(&back);
	/* timegm() makes the 31st of April the 1st of May. */
	if (!ok || back.tm_mday != tm.tm_mday) {
		error_set(err, ERROR_INVALID,
		    "'%.*s' is no time: write "
		    "2026-11-24 or 2026-11-24T05:15:02Z",
		    (int)(s.len < 40 ? s.len : 40), s.p);
		return false;
	}
	*at = t;
	return true;
}

bool
clock_duration(struct span s, int64_t *seconds, struct error *err)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
		{ 'd', CLOCK_DAY_S }, { 'w', 7 * CLOCK_DAY_S } };
	unsigned long long n;

	for (size_t i = 0; s.len > 1 && i < ARRAY_LEN(units); i++) {
		if (s.p[s.len - 1] != units[i].unit ||
		    !span_number((struct span){ s.p, s.len - 1 }, 1000000000,
			&n) ||
		    n == 0)
			continue;
		*seconds = (int64_t)n * units[i].seconds;
		return true;
	}
	error_set(err, ERROR_INVALID,
	    "'%.*s' is no length of time: write 90s, 15m, 12h, 30d or 8w",
	    (int)(s.len < 40 ? s.len : 40), s.p);
	return false;
}
