/*
 * hide - takes the text of values out of texts and out of lines of the
 * journal, which keep their length: places in the journal stay what they are.
 * In the place of each character stands a "*". Pure.
 */
#ifndef DB_HIDE_H
#define DB_HIDE_H

#include "base/buf.h"
#include "base/value.h"

struct hide;

/* Of one value, whose hash is given. The caller owns it: hide_free(). */
struct hide *hide_new(const struct value *v,
    const uint8_t hash[VALUE_HASH_BYTES]);

/* Of every value but contacts: their lines' own, and in the words of people
 * all that looks like an address. */
struct hide *hide_new_all(void);
void hide_free(struct hide *h);

/* Another spelling of the value, as people have written it. */
#define HIDE_TEXTS 32
void hide_also(struct hide *h, const char *spelling);

/* The spellings, the canonical one first; NULL behind the last one. */
const char *hide_spelling(const struct hide *h, size_t i);

/* Of which value; zero for all. */
const struct value *hide_value(const struct hide *h);

/* In a text as people read it, in either case. True if there was any. */
bool hide_text(const struct hide *h, char *text);

/* In bytes that have text as JSON has it, whatever else they are. */
bool hide_bytes(const struct hide *h, char *bytes, size_t len);

/*
 * In one line of the journal, without its LF: where it is of the value, its
 * text; what is said of it in the words of others. The line's checksum is
 * right again. A damaged line stays one, without the text. True if anything
 * was hidden. line is written to only then.
 */
bool hide_line(const struct hide *h, char *line, size_t len);

#endif
