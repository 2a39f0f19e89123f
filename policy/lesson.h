/*
 * lesson - what a mail teaches, as JSON: for ingest, explain and the API. Pure.
 */
#ifndef POLICY_LESSON_H
#define POLICY_LESSON_H

#include "policy/engine.h"

/* Members of an object that has been begun. written: it has been committed,
 * so that "changed" tells what came of it. */
void lesson_json(const struct lesson *l, bool written, struct buf *line);

#endif
