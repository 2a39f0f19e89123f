/*
 * language - which of ours a browser wants (RFC 9110 12.5.4). Pure.
 */
#ifndef WEB_LANGUAGE_H
#define WEB_LANGUAGE_H

#include <stddef.h>

/*
 * accept: the value of Accept-Language. The index in names (n of them, "en",
 * "de"): the one with the highest weight, of "de-AT" also "de"; the first of
 * equals; 0 when none is wanted.
 */
size_t language_choose(const char *accept, const char *const *names, size_t n);

#endif
