/*
 * crc32c - CRC-32C (Castagnoli), RFC 3720 B.4: of "123456789" it is
 * e3069283. Thread safe.
 */
#ifndef DB_CRC32C_H
#define DB_CRC32C_H

#include <stdint.h>

#include "base/span.h"

uint32_t crc32c(struct span bytes);

/* The same on a processor that has no instruction for it. */
uint32_t crc32c_by_tables(struct span bytes);

#endif
