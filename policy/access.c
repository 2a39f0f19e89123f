#include "policy/access.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base32.h"
#include "base/clock.h"
#include "base/file.h"

#define FIRST_LINE "suppressd-api-token 1"
#define ENDING ".token"
#define PREFIX "suppressd."
#define SECRET_BYTES 20
#define FILE_BYTES 1024
#define PATH_BYTES 4096

/* A file's time of change moves on at least so often, on any file system. */
#define SETTLED_S 2

const struct name access_scope_names[] = {
	{ ACCESS_READ, "read" },
	{ ACCESS_WRITE, "write" },
	{ ACCESS_ADMIN, "admin" },
	{ 0, NULL },
};

/* Actors of the history that are no program's. */
static bool
is_ours(const char *name)
{
	static const char *const ours[] = { "root", "suppressd",
		"suppressd-web", "unsubscribe" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return false;
}

static void
hash_text(struct span text, uint8_t out[HASH_LONG_BYTES])
{
	struct hash h;

	hash_begin(&h, NULL, HASH_LONG_BYTES);
	hash_add(&h, text);
	hash_end(&h, out);
}

static bool
write_file(const char *path, const struct access_token *t, struct error *err)
{
	char digits[2 * HASH_LONG_BYTES + 1], time[CLOCK_TEXT];
	struct buf text;
	bool ok;

	buf_init(&text, FILE_BYTES);
	clock_format(t->made, time);
	hash_hex(t->hash, HASH_LONG_BYTES, digits);
	buf_addf(&text, FIRST_LINE "\nscope %s\nmade %s\n",
	    names_text(access_scope_names, (int)t->scope), time);
	clock_format(t->expires, time);
	if (t->expires != 0)
		buf_addf(&text, "expires %s\n", time);
	buf_addf(&text, "hash %s\n", digits);
	ok = file_create(path, buf_span(&text), 0640, err);
	buf_done(&text);
	return ok;
}

static bool
give(const char *path, int group, struct error *err)
{
	if (group < 0 || chown(path, (uid_t)-1, (gid_t)group) == 0)
		return true;
	error_errno(err, "%.150s: cannot give it to the group %d", path, group);
	return false;
}

bool
access_make(const char *dir, const struct access_token *like, int group,
    char text[ACCESS_TEXT], struct error *err)
{
	struct access_token t = *like;
	uint8_t secret[SECRET_BYTES];
	char path[PATH_BYTES];
	size_t len;
	bool fresh;

	if (!span_is_id(span_of(t.name), LIMIT_KEY_ID_TEXT) ||
	    is_ours(t.name)) {
		error_set(err, ERROR_INVALID,
		    "'%.40s': a name is 1 to 32 letters, digits, - and _, and "
		    "none of suppressd's own",
		    t.name);
		return false;
	}
	fresh = mkdir(dir, 0750) == 0;
	if (!fresh && errno != EEXIST) {
		error_errno(err, "cannot make %.180s", dir);
		return false;
	}
	snprintf(path, sizeof(path), "%s/%s" ENDING, dir, t.name);
	if (access(path, F_OK) == 0) {
		error_set(err, ERROR_INVALID,
		    "there is a token '%s' already: revoke it first", t.name);
		return false;
	}
	hash_random(secret, sizeof(secret));
	len = (size_t)snprintf(text, ACCESS_TEXT, PREFIX "%s.", t.name);
	base32_encode(secret, sizeof(secret), text + len);
	hash_wipe(secret, sizeof(secret));
	hash_text(span_of(text), t.hash);
	return (!fresh || give(dir, group, err)) && write_file(path, &t, err) &&
	       give(path, group, err);
}

bool
access_revoke(const char *dir, const char *name, struct error *err)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s" ENDING, dir, name);
	if (!span_is_id(span_of(name), LIMIT_KEY_ID_TEXT) ||
	    access(path, F_OK) != 0) {
		error_set(err, ERROR_INVALID, "%.150s has no token '%.40s'",
		    dir, name);
		return false;
	}
	if (unlink(path) != 0) {
		error_errno(err, "cannot remove %.180s", path);
		return false;
	}
	return file_sync_dir(dir, err);
}

static bool
take_line(struct span word, struct span value, struct access_token *t)
{
	struct error ignored;
	int scope;

	if (span_is(word, "scope")) {
		if (!names_number(access_scope_names, value, &scope))
			return false;
		t->scope = (enum access_scope)scope;
		return true;
	}
	if (span_is(word, "made"))
		return clock_parse(value, &t->made, &ignored);
	if (span_is(word, "expires"))
		return clock_parse(value, &t->expires, &ignored);
	return span_is(word, "hash") &&
	       hash_unhex(value, t->hash, HASH_LONG_BYTES);
}

static bool
parse(struct span text, struct access_token *t)
{
	struct span line, word;
	bool hashed = false;

	if (!span_line(&text, &line) || !span_is(line, FIRST_LINE))
		return false;
	while (span_line(&text, &line)) {
		if (!span_cut(&line, ' ', &word) || !take_line(word, line, t))
			return false;
		hashed = hashed || span_is(word, "hash");
	}
	return hashed && t->scope != ACCESS_NONE;
}

static bool
read_token(const char *dir, const char *name, struct access_token *t,
    struct error *err)
{
	char path[PATH_BYTES];
	struct buf text;
	bool ok;

	*t = (struct access_token){ 0 };
	(void)span_copy(span_of(name), t->name, sizeof(t->name));
	snprintf(path, sizeof(path), "%s/%s" ENDING, dir, name);
	buf_init(&text, FILE_BYTES);
	ok = file_read_path(path, &text, err);
	if (ok && !parse(buf_span(&text), t)) {
		error_set(err, ERROR_CORRUPT,
		    "%.150s is no file of a token: revoke it and make a new "
		    "one",
		    path);
		ok = false;
	}
	buf_done(&text);
	return ok;
}

static int
is_token_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ENDING) == 0 &&
	       span_is_id((struct span){ entry->d_name,
			      (size_t)(dot - entry->d_name) },
		   LIMIT_KEY_ID_TEXT);
}

bool
access_list(const char *dir, access_fn *fn, void *arg, struct error *err)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_token_file, alphasort);
	bool ok = true;

	if (n < 0 && errno == ENOENT)
		return true;
	if (n < 0) {
		error_errno(err, "%.180s", dir);
		return false;
	}
	for (int i = 0; i < n; i++) {
		struct access_token t;

		*strrchr(entries[i]->d_name, '.') = '\0';
		ok = ok && read_token(dir, entries[i]->d_name, &t, err);
		if (ok)
			fn(&t, arg);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool
holds(const struct access_token *t, const uint8_t hash[HASH_LONG_BYTES],
    int64_t now)
{
	return hash_equal(hash, t->hash, HASH_LONG_BYTES) &&
	       (t->expires == 0 || now < t->expires);
}

/* *found: is there one of that name and hash that has not expired? */
static bool
find(const char *dir, const char *name, const uint8_t hash[HASH_LONG_BYTES],
    int64_t now, struct access_token *out, bool *found, struct error *err)
{
	char path[PATH_BYTES];
	struct stat st = { 0 };

	*found = false;
	snprintf(path, sizeof(path), "%s/%s" ENDING, dir, name);
	if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!read_token(dir, name, out, err))
		return false;
	/* Looked at before it is read: what comes in between is a change. */
	out->device = st.st_dev;
	out->inode = st.st_ino;
	if (st.st_ctim.tv_sec <= now - SETTLED_S)
		out->changed = st.st_ctim;
	*found = holds(out, hash, now);
	return true;
}

bool
access_again(const char *dir, const struct access_token *t, struct span text,
    int64_t now)
{
	uint8_t hash[HASH_LONG_BYTES];
	char path[PATH_BYTES];
	struct stat st;

	if (t->changed.tv_sec == 0)
		return false;
	snprintf(path, sizeof(path), "%s/%s" ENDING, dir, t->name);
	hash_text(text, hash);
	return holds(t, hash, now) && stat(path, &st) == 0 &&
	       st.st_dev == t->device && st.st_ino == t->inode &&
	       st.st_ctim.tv_sec == t->changed.tv_sec &&
	       st.st_ctim.tv_nsec == t->changed.tv_nsec;
}

bool
access_check(const char *dir, struct span text, int64_t now,
    struct access_token *out, bool *found, struct error *err)
{
	uint8_t hash[HASH_LONG_BYTES];
	char name[LIMIT_KEY_ID_TEXT];
	struct span rest = text, word;

	*found = false;
	if (!span_cut(&rest, '.', &word) || !span_is(word, "suppressd") ||
	    !span_cut(&rest, '.', &word) ||
	    !span_is_id(word, LIMIT_KEY_ID_TEXT) ||
	    !span_copy(word, name, sizeof(name)))
		return true;
	hash_text(text, hash);
	return find(dir, name, hash, now, out, found, err);
}

bool
access_holds(const char *dir, const struct access_token *t, int64_t now,
    bool *found, struct error *err)
{
	struct access_token now_there;

	return find(dir, t->name, t->hash, now, &now_there, found, err);
}
