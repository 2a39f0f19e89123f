#include "db/chunks.h"

#include <string.h>

#include "base/buf.h"
#include "base/little.h"
#include "db/crc32c.h"

/*
 * A record is cut into chunks of 92 bytes: a checksum (CRC-32C of the record,
 * that of the hash added bit by bit) and a record with one reason are one
 * chunk. A record that shrinks leaves its last chunks behind, unused.
 */
#define CHECKSUM_BYTES 4
#define CHUNK_BYTES (CHECKSUM_BYTES + RECORD_HEADER_BYTES + RECORD_REASON_BYTES)
#define CHUNK_KEY_BYTES (VALUE_HASH_BYTES + 2)
#define RECORD_BYTES_MAX (65535 * (size_t)CHUNK_BYTES)

static struct span
bytes_of(const void *bytes, size_t len)
{
	return (struct span){ bytes, len };
}

static bool
damaged(struct table *t, const char *what, struct error *err)
{
	error_set(err, ERROR_CORRUPT, "%.120s: a record %s", table_path(t),
	    what);
	return false;
}

static struct span
chunk_key(const uint8_t *hash, size_t number, uint8_t out[CHUNK_KEY_BYTES])
{
	memcpy(out, hash, VALUE_HASH_BYTES);
	out[VALUE_HASH_BYTES] = (uint8_t)(number >> 8);
	out[VALUE_HASH_BYTES + 1] = (uint8_t)number;
	return bytes_of(out, number == 0 ? VALUE_HASH_BYTES : CHUNK_KEY_BYTES);
}

static void
checksum(const uint8_t *hash, struct span record, uint8_t out[CHECKSUM_BYTES])
{
	uint32_t sum =
	    crc32c(record) ^ crc32c(bytes_of(hash, VALUE_HASH_BYTES));

	little_put(out, sum, CHECKSUM_BYTES);
}

static bool
fetch_chunks(struct table *t, const uint8_t *hash, struct buf *out, bool *there,
    struct error *err)
{
	unsigned char chunk[CHUNK_BYTES];
	uint8_t key[CHUNK_KEY_BYTES];
	size_t size = CHUNK_BYTES;

	for (size_t n = 0; n * CHUNK_BYTES < size; n++) {
		if (!table_fetch(t, chunk_key(hash, n, key), chunk,
			sizeof(chunk), there, err))
			return false;
		if (!*there && n == 0)
			return true;
		if (n == 0)
			size = CHECKSUM_BYTES +
			       record_size(bytes_of(chunk + CHECKSUM_BYTES,
				   sizeof(chunk) - CHECKSUM_BYTES));
		if (!*there || size == CHECKSUM_BYTES ||
		    size > RECORD_BYTES_MAX)
			return damaged(t, "is not whole", err);
		buf_add(out, chunk, sizeof(chunk));
	}
	return true;
}

bool
chunks_get(struct table *t, const uint8_t hash[VALUE_HASH_BYTES],
    struct record *rec, bool *found, struct error *err)
{
	uint8_t sum[CHECKSUM_BYTES];
	struct span record;
	struct buf bytes;
	bool ok;

	buf_init(&bytes, RECORD_BYTES_MAX + CHUNK_BYTES);
	ok = fetch_chunks(t, hash, &bytes, found, err);
	if (ok && *found) {
		record = bytes_of(bytes.p + CHECKSUM_BYTES,
		    bytes.len - CHECKSUM_BYTES);
		record.len = record_size(record);
		checksum(hash, record, sum);
		ok = memcmp(bytes.p, sum, sizeof(sum)) == 0
			 ? record_decode(record, rec, err)
			 : damaged(t, "has a wrong checksum", err);
	}
	buf_done(&bytes);
	return ok;
}

bool
chunks_has(struct table *t, const uint8_t hash[VALUE_HASH_BYTES], bool *there,
    struct error *err)
{
	unsigned char chunk[CHUNK_BYTES];

	return table_fetch(t, bytes_of(hash, VALUE_HASH_BYTES), chunk,
	    sizeof(chunk), there, err);
}

bool
chunks_put(struct table *t, const uint8_t hash[VALUE_HASH_BYTES],
    const struct record *rec, struct error *err)
{
	uint8_t key[CHUNK_KEY_BYTES], sum[CHECKSUM_BYTES] = { 0 };
	struct buf bytes;
	bool ok = true;

	buf_init(&bytes, RECORD_BYTES_MAX + CHUNK_BYTES);
	/* Nearly every record is one chunk: one allocation then. */
	(void)buf_grow(&bytes, CHUNK_BYTES);
	buf_add(&bytes, sum, sizeof(sum));
	record_encode(rec, &bytes);
	checksum(hash,
	    bytes_of(bytes.p + CHECKSUM_BYTES, bytes.len - CHECKSUM_BYTES),
	    sum);
	memcpy(bytes.p, sum, sizeof(sum));
	while (bytes.len % CHUNK_BYTES != 0)
		buf_add_char(&bytes, '\0');
	if (bytes.full || bytes.len > RECORD_BYTES_MAX ||
	    rec->reasons_n + rec->links_n > UINT16_MAX) {
		error_set(err, ERROR_LIMIT,
		    "a value has too many reasons or contacts");
		ok = false;
	}
	for (size_t n = 0; ok && n * CHUNK_BYTES < bytes.len; n++)
		ok = table_store(t, chunk_key(hash, n, key),
		    bytes_of(bytes.p + n * CHUNK_BYTES, CHUNK_BYTES), err);
	buf_done(&bytes);
	return ok;
}
