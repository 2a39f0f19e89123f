/*
 * chain - what bench_parse measures: one way to read a mail each.
 */
#ifndef TESTS_BENCH_PARSE_CHAIN_H
#define TESTS_BENCH_PARSE_CHAIN_H

#include "base/span.h"

/* The whole of ours: parse, whom, class, verdict; no store, no proof. */
void chain_init(void);
void chain_read(struct span mail);

/* GMime's parser alone, as message/mime.c calls it. */
void gmime_init(void);
void gmime_read(struct span mail);

#endif
