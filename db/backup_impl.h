/*
 * backup_impl - what writing and reading of archives share.
 */
#ifndef DB_BACKUP_IMPL_H
#define DB_BACKUP_IMPL_H

#include "base/hash.h"
#include "db/backup.h"

#define BACKUP_BLOCK_BYTES 512
#define BACKUP_ABOUT "backup.json"
#define BACKUP_KEY "key"
#define BACKUP_SEGMENT "journal/%010u.jsonl"
#define BACKUP_CHECKSUM "checksum"
#define BACKUP_SUM_TEXT (2 * HASH_LONG_BYTES + 1)

/* A segment: what it may have grown to, and one batch behind. */
#define BACKUP_SEGMENT_BYTES_MAX (LIMIT_SEGMENT_BYTES + LIMIT_BATCH_BYTES)

/* The sum of a header's bytes with its own field as blanks (POSIX.1). */
unsigned backup_header_sum(const char header[BACKUP_BLOCK_BYTES]);

/* Bytes that fill the last block of size bytes. */
size_t backup_padding(uint64_t size);

#endif
