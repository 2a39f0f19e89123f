/*
 * backup - a store in one file, and back.
 *
 * A tar archive (POSIX.1 ustar), in this order: backup.json, which says what
 * it is; key; journal/ 0000000001.jsonl ...; checksum, with the BLAKE2b-256
 * of all bytes before it in hex. The index is not in it: it is made from the
 * journal. It has the key of the list and everybody on it: keep it as secret
 * as the store.
 */
#ifndef DB_BACKUP_H
#define DB_BACKUP_H

#include "db/store.h"

/* Told how many bytes are done, of how many. May be NULL. */
typedef void backup_fn(uint64_t done, uint64_t total, void *arg);

/*
 * Writes all that was acknowledged when it was called, up to the end of a
 * batch, to fd; while the store is in use, too. Syncs nothing.
 */
bool backup_write(struct store *st, int fd, int64_t now, backup_fn *tell,
    void *arg, struct error *err) MUST_CHECK;

/*
 * Reads an archive from fd into dir, which it makes, mode 0750: a store
 * without an index. ERROR_CORRUPT: it is no backup, not whole, or changed;
 * what is in dir then is of no use.
 */
bool backup_read(int fd, const char *dir, struct error *err) MUST_CHECK;

#endif
