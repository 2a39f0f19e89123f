/*
 * phone - phone numbers in canonical form, E.164 ("+33612345678"), by
 * libphonenumber (phone_lib.h). Thread safe.
 */
#ifndef BASE_PHONE_H
#define BASE_PHONE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

/* "+" and 15 digits, E.164 6.2; the library allows some more. */
#define PHONE_TEXT 24
#define PHONE_REGION_TEXT 3

/* Digits and what people write between them: " +().-". */
bool phone_looks_like(struct span s);

/*
 * A number with "+" and country code, or as it is dialled within the region
 * of phone_set_region(). ERROR_INVALID says what is wrong with it, that it
 * wants a region, or that we were built without the library.
 */
bool phone_parse(struct span s, char out[PHONE_TEXT],
    struct error *err) MUST_CHECK;

/* Is it one that there is, in capitals: "FR"? ERROR_INVALID: no, or there is
 * no library. */
bool phone_check_region(const char *region, struct error *err) MUST_CHECK;

/* The region of national numbers in this process, from now on; "": none. What
 * the configuration says; conf_load() sets it. */
void phone_set_region(const char *region);

/* Were we built with the library? */
bool phone_available(void);

#endif
