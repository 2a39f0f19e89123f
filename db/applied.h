/*
 * applied - how far the journal has been folded into a shard, and its bytes
 * there.
 */
#ifndef DB_APPLIED_H
#define DB_APPLIED_H

#include "db/event.h"

struct applied {
	uint64_t lsn;
	struct journal_pos pos; /* behind the line of lsn */
	uint32_t crc;           /* of that line; 0 when lsn is 0 */
	uint64_t seq;           /* last one of our own node, up to there */
	int64_t at;             /* time of that line */
};

#define APPLIED_BYTES 40

void applied_encode(const struct applied *a, uint8_t out[APPLIED_BYTES]);

/* False: the checksum is wrong. */
bool applied_decode(const uint8_t in[APPLIED_BYTES],
    struct applied *a) MUST_CHECK;

#endif
