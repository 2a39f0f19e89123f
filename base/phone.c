#include "base/phone.h"

#include <stdatomic.h>
#include <string.h>

#include "base/phone_lib.h"

/* A national prefix that stands there twice is taken off one at a time. */
#define TRIES_MAX 4

/* Two letters in one number: a reload may change it under a lookup. */
static _Atomic unsigned region_now;

void
phone_set_region(const char *region)
{
	unsigned both = 0;

	if (region[0] != '\0')
		both = (unsigned)(unsigned char)region[0] << 8 |
		       (unsigned char)region[1];
	atomic_store(&region_now, both);
}

bool
phone_looks_like(struct span s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] == '\0' || strchr(" +().-", s.p[i]) == NULL)
			return false;
	}
	return digits > 0;
}

static bool
refuse(enum phone_result why, struct span s, struct error *err)
{
	int len = (int)(s.len < 40 ? s.len : 40);

	if (why == PHONE_NO_LIBRARY)
		error_set(err, ERROR_INVALID,
		    "phone numbers need libphonenumber, and this suppressd was "
		    "built without it");
	else if (why == PHONE_NO_REGION)
		error_set(err, ERROR_INVALID,
		    "the phone number '%.*s' has no country code: write + and "
		    "that in front, or set phone_region",
		    len, s.p);
	else
		error_set(err, ERROR_INVALID,
		    "'%.*s' is no phone number that can be dialled", len, s.p);
	return false;
}

bool
phone_parse(struct span s, char out[PHONE_TEXT], struct error *err)
{
	unsigned both = atomic_load(&region_now);
	const char region[PHONE_REGION_TEXT] = { (char)(both >> 8),
		(char)(both & 0xFF), '\0' };
	char now[PHONE_TEXT], next[PHONE_TEXT];
	enum phone_result result;

	if (!phone_looks_like(s))
		return refuse(PHONE_INVALID, s, err);
	result = phone_lib_parse(s.p, s.len, region, now, sizeof(now));
	if (result != PHONE_OK)
		return refuse(result, s, err);
	for (int i = 0; i < TRIES_MAX; i++) {
		if (phone_lib_parse(now, strlen(now), region, next,
			sizeof(next)) != PHONE_OK)
			break;
		if (strcmp(now, next) == 0) {
			memcpy(out, now, PHONE_TEXT);
			return true;
		}
		memcpy(now, next, sizeof(now));
	}
	return refuse(PHONE_INVALID, s, err);
}

bool
phone_check_region(const char *region, struct error *err)
{
	switch (phone_lib_region(region)) {
	case PHONE_OK:
		return true;
	case PHONE_NO_LIBRARY:
		return refuse(PHONE_NO_LIBRARY, span_of(region), err);
	default:
		error_set(err, ERROR_INVALID,
		    "'%.20s' is no region with phone numbers: write its two "
		    "letters, such as FR",
		    region);
		return false;
	}
}

bool
phone_available(void)
{
	return phone_lib_region("") != PHONE_NO_LIBRARY;
}
