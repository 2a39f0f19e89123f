#include "db/applied.h"

#include <string.h>

#include "base/little.h"
#include "db/crc32c.h"

/* lsn (8), segment (4), offset (4), crc of the line (4), CRC-32C of all 40
 * bytes with zeros in its own place (4), seq (8), time (8). */
void
applied_encode(const struct applied *a, uint8_t out[APPLIED_BYTES])
{
	little_put(out, a->lsn, 8);
	little_put(out + 8, a->pos.segment, 4);
	little_put(out + 12, a->pos.offset, 4);
	little_put(out + 16, a->crc, 4);
	little_put(out + 20, 0, 4);
	little_put(out + 24, a->seq, 8);
	little_put(out + 32, (uint64_t)a->at, 8);
	little_put(out + 20,
	    crc32c((struct span){ (char *)out, APPLIED_BYTES }), 4);
}

bool
applied_decode(const uint8_t in[APPLIED_BYTES], struct applied *a)
{
	uint8_t again[APPLIED_BYTES];

	a->lsn = little_get(in, 8);
	a->pos.segment = (uint32_t)little_get(in + 8, 4);
	a->pos.offset = (uint32_t)little_get(in + 12, 4);
	a->crc = (uint32_t)little_get(in + 16, 4);
	a->seq = little_get(in + 24, 8);
	a->at = (int64_t)little_get(in + 32, 8);
	applied_encode(a, again);
	return memcmp(in, again, sizeof(again)) == 0;
}
