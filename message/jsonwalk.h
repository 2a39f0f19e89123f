/*
 * jsonwalk - nested JSON in one pass. base/json.h reads our own flat objects;
 * this is for what others send, and tells each text with its path:
 *
 *	bounce.bouncedRecipients[].emailAddress
 *
 * Forgiving: what is no JSON ends the walk. Linear in the input; levels deeper
 * than 16, and paths longer than 200 bytes, are passed over.
 */
#ifndef MESSAGE_JSONWALK_H
#define MESSAGE_JSONWALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * raw: a text between its quotes, still escaped; or NULL at the beginning of
 * an object, whose path ends with "[]" in an array.
 */
typedef void jsonwalk_fn(void *arg, const char *path, const struct span *raw);

void jsonwalk(struct span json, jsonwalk_fn *fn, void *arg);

/* A raw text, unescaped and NUL-ended; false if it doesn't fit or is broken.
 */
bool jsonwalk_text(struct span raw, char *out, size_t size);

#endif
