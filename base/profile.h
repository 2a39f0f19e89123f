/*
 * profile - LinkedIn profiles: any spelling of a profile's URL becomes
 * linkedin.com/in/SLUG, also with company, school or pub for in.
 */
#ifndef BASE_PROFILE_H
#define BASE_PROFILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

/* Is it meant to be one? */
bool profile_looks_like(struct span s);

/*
 * With or without scheme, "www." or a country before linkedin.com, what the
 * mobile site and mails put in, query, fragment and the pages below a
 * profile. The slug is percent-decoded, lower case and NFC.
 */
bool profile_parse(struct span s, char out[LIMIT_VALUE_TEXT],
    struct error *err) MUST_CHECK;

#endif
