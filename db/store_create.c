/* store_create - what a new store begins with, and its key. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/store_impl.h"

#define KEY_TEXT (2 * HASH_KEY_BYTES + 1)

bool
store_make_dir(const struct store *st, const char *name, struct error *err)
{
	char path[STORE_PATH_TEXT];

	store_path(st, name, path);
	if (mkdir(path, 0770) != 0 && errno != EEXIST) {
		error_errno(err, "cannot create %.150s", path);
		return false;
	}
	return true;
}

bool
store_make_key(const struct store *st, struct error *err)
{
	uint8_t key[HASH_KEY_BYTES];
	char path[STORE_PATH_TEXT], text[KEY_TEXT + 1],
	    segment[STORE_PATH_TEXT];

	store_path(st, "key", path);
	store_path(st, "journal/0000000001.jsonl", segment);
	if (access(path, F_OK) == 0 || access(segment, F_OK) == 0)
		return true;
	hash_random(key, sizeof(key));
	hash_hex(key, sizeof(key), text);
	text[KEY_TEXT - 1] = '\n';
	return file_replace(st->dir, "key", (struct span){ text, KEY_TEXT },
	    0640, err);
}

bool
store_create(const struct store *st, struct error *err)
{
	char lock[STORE_PATH_TEXT];
	int fd;

	if (mkdir(st->dir, 0750) != 0 && errno != EEXIST) {
		error_errno(err, "cannot create %.150s", st->dir);
		return false;
	}
	store_path(st, STORE_LOCK_NAME, lock);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd < 0) {
		error_errno(err, "cannot create %.150s", lock);
		return false;
	}
	close(fd);
	return store_make_dir(st, "journal", err) &&
	       store_make_dir(st, "index", err) &&
	       store_make_dir(st, "quarantine", err);
}

bool
store_read_key(struct store *st, struct error *err)
{
	char path[STORE_PATH_TEXT];
	struct buf text;
	struct hash h;
	bool ok;

	store_path(st, "key", path);
	buf_init(&text, 256);
	ok = file_read_path(path, &text, err);
	if (!ok && access(path, F_OK) != 0 && errno == ENOENT)
		error_set(err, ERROR_REFUSED,
		    "%.120s is missing: without it "
		    "the list can't be read; bring it back from a backup",
		    path);
	else if (ok && !hash_unhex(span_trim(buf_span(&text)), st->key,
			   sizeof(st->key))) {
		error_set(err, ERROR_REFUSED,
		    "%.120s is no key of 64 hex "
		    "digits; bring it back from a backup",
		    path);
		ok = false;
	}
	buf_done(&text);
	if (!ok)
		return false;
	hash_begin(&h, st->key, sizeof(st->key_check));
	hash_add_text(&h, "suppressd key check");
	hash_end(&h, st->key_check);
	return true;
}
