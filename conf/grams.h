/*
 * grams - a quick "this pattern cannot match that text". A pattern that
 * matches contains certain runs of letters, so the text must have each group
 * of three of them. Hundreds of patterns are tried on each failure; this
 * leaves one or two of them to PCRE2. Pure.
 */
#ifndef CONF_GRAMS_H
#define CONF_GRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define GRAMS_BITS 16384

/* The groups of three that a text has, as a set of hashes. */
struct grams {
	uint64_t set[GRAMS_BITS / 64];
};

#define GRAMS_WAYS 32
#define GRAMS_EACH 4

/*
 * What a pattern needs: all groups of one of its ways. A pattern with no
 * ways may match anything.
 */
struct grams_need {
	uint16_t ways[GRAMS_WAYS][GRAMS_EACH];
	uint8_t groups[GRAMS_WAYS];
	uint8_t n;
};

void grams_of_text(struct span text, struct grams *out);

/* For a pattern of base/match.h, "/regex/". */
void grams_of_pattern(struct span pattern, struct grams_need *out);

/* False only if the pattern cannot match the text. */
bool grams_allow(const struct grams *text, const struct grams_need *need);

#endif
