#include "policy/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define CONTEXT "supprssd"
#define FIRST_LINE "suppressd-key 1"
#define ENDING ".key"
#define RETIRED ".retired"
#define FILE_BYTES 512
#define NAME_TEXT (LIMIT_KEY_ID_TEXT + sizeof(RETIRED) + sizeof(ENDING))

_Static_assert(sizeof(CONTEXT) - 1 == HASH_CONTEXT_BYTES, "context");
_Static_assert(sizeof(struct key_secrets) % 64 == 0, "hash_secret_new()");

struct keys {
	struct key list[KEYS_MAX]; /* by ID */
	size_t n;
	const struct key *signer;    /* NULL: none */
	struct key_secrets *secrets; /* KEYS_MAX; secret memory */
	atomic_int references;
};

static bool
take_ending(struct span *s, const char *ending)
{
	size_t len = strlen(ending);

	if (s->len < len || memcmp(s->p + s->len - len, ending, len) != 0)
		return false;
	s->len -= len;
	return true;
}

static void
derive(const uint8_t *secret, struct key *k, struct key_secrets *to)
{
	uint8_t *const by_purpose[] = { NULL, NULL, to->seal.nonce,
		to->seal.cipher, to->marks, to->brief, to->stream, to->path };
	uint8_t tag[HASH_KEY_BYTES];

	for (size_t i = 2; i < ARRAY_LEN(by_purpose); i++)
		hash_derive(secret, CONTEXT, i, by_purpose[i]);
	hash_derive(secret, CONTEXT, 1, tag);
	memcpy(k->tag, tag, sizeof(k->tag));
	hash_wipe(tag, sizeof(tag));
	k->secrets = to;
}

/* The value of a line that begins with name and a blank. */
static bool
line_value(struct span *text, const char *name, struct span *value)
{
	struct span line, word;

	return span_line(text, &line) && span_cut(&line, ' ', &word) &&
	       span_is(word, name) && (*value = span_trim(line)).len > 0;
}

static bool
parse(struct span text, struct key *k, struct key_secrets *to)
{
	uint8_t secret[HASH_KEY_BYTES] = { 0 };
	struct span line, made, digits;
	struct error ignored;
	bool ok = span_line(&text, &line) && span_is(line, FIRST_LINE) &&
		  line_value(&text, "made", &made) &&
		  clock_parse(made, &k->made, &ignored) &&
		  line_value(&text, "secret", &digits) &&
		  hash_unhex(digits, secret, sizeof(secret)) &&
		  span_trim(text).len == 0;

	if (ok)
		derive(secret, k, to);
	hash_wipe(secret, sizeof(secret));
	return ok;
}

/* True if nobody but the owner has these permissions. */
static bool
is_private(int fd, mode_t forbidden, const char *what, const char *mend,
    struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		error_errno(err, "%.180s", what);
		return false;
	}
	if ((st.st_mode & forbidden) == 0)
		return true;
	error_set(err, ERROR_REFUSED, "%.150s: %s", what, mend);
	return false;
}

static bool
read_key(int dir_fd, const char *dir, const char *name, struct key *k,
    struct key_secrets *to, struct error *err)
{
	char path[256], text[FILE_BYTES];
	ssize_t got = -1;
	bool ok = false;
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	snprintf(path, sizeof(path), "%.180s/%.60s", dir, name);
	if (fd >= 0 &&
	    !is_private(fd, 077, path,
		"others than its owner can read this key: chmod 600 it, "
		"or better make another one",
		err))
		goto out;
	if (fd >= 0)
		got = read(fd, text, sizeof(text));
	if (got < 0) {
		error_errno(err, "%.200s", path);
		goto out;
	}
	ok = (size_t)got < sizeof(text) &&
	     parse((struct span){ text, (size_t)got }, k, to);
	if (!ok)
		error_set(err, ERROR_INVALID,
		    "%.180s: this is no key; suppressctl key new makes one",
		    path);
out:
	hash_wipe(text, sizeof(text));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
add_key(struct keys *ring, int dir_fd, const char *dir, const char *name,
    struct error *err)
{
	struct key *k = &ring->list[ring->n];
	struct span id = span_of(name);

	if (!take_ending(&id, ENDING))
		return true; /* whatever else lies there */
	if (ring->n == KEYS_MAX) {
		error_set(err, ERROR_LIMIT, "%.150s: more than %d keys", dir,
		    KEYS_MAX);
		return false;
	}
	k->retired = take_ending(&id, RETIRED);
	if (!span_is_id(id, LIMIT_KEY_ID_TEXT)) {
		error_set(err, ERROR_INVALID,
		    "%.120s/%.60s: an ID is 1 to 32 letters, digits, - and _",
		    dir, name);
		return false;
	}
	(void)span_copy(id, k->id, sizeof(k->id));
	if (!read_key(dir_fd, dir, name, k, &ring->secrets[ring->n], err))
		return false;
	ring->n++;
	return true;
}

static int
by_id(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static bool
choose_signer(struct keys *ring, const char *dir, const char *sign,
    struct error *err)
{
	for (size_t i = 0; i < ring->n; i++) {
		const struct key *k = &ring->list[i];

		if (k->retired || (sign[0] != '\0' && strcmp(sign, k->id) != 0))
			continue;
		if (ring->signer == NULL || k->made >= ring->signer->made)
			ring->signer = k;
	}
	if (sign[0] == '\0' || ring->signer != NULL)
		return true;
	error_set(err, ERROR_INVALID,
	    "token.sign: %.150s has no key '%.40s' that may sign", dir, sign);
	return false;
}

static bool
read_all(struct keys *ring, DIR *d, const char *dir, struct error *err)
{
	const char *name;

	if (!is_private(dirfd(d), 022, dir,
		"others than its owner can put keys there: chmod go-w it", err))
		return false;
	do {
		if (!file_next_name(d, dir, &name, err) ||
		    (name != NULL && !add_key(ring, dirfd(d), dir, name, err)))
			return false;
	} while (name != NULL);
	qsort(ring->list, ring->n, sizeof(*ring->list), by_id);
	return true;
}

struct keys *
keys_load(const char *dir, const char *sign, struct error *err)
{
	struct keys *ring = mem_new(1, sizeof(*ring));
	DIR *d = opendir(dir);
	bool ok = d != NULL || errno == ENOENT;

	atomic_init(&ring->references, 1);
	ring->secrets = hash_secret_new(KEYS_MAX * sizeof(*ring->secrets));
	if (!ok)
		error_errno(err, "token.keys: %.180s", dir);
	if (d != NULL) {
		ok = read_all(ring, d, dir, err);
		closedir(d);
	}
	if (ok && choose_signer(ring, dir, sign, err))
		return ring;
	keys_unref(ring);
	return NULL;
}

struct keys *
keys_ref(struct keys *ring)
{
	if (ring != NULL)
		atomic_fetch_add(&ring->references, 1);
	return ring;
}

void
keys_unref(struct keys *ring)
{
	if (ring == NULL || atomic_fetch_sub(&ring->references, 1) > 1)
		return;
	hash_secret_free(ring->secrets);
	free(ring);
}

const struct key *
keys_signer(const struct keys *ring)
{
	return ring != NULL ? ring->signer : NULL;
}

const struct key *
keys_at(const struct keys *ring, size_t i)
{
	return ring != NULL && i < ring->n ? &ring->list[i] : NULL;
}

static bool
exists(const char *dir, const char *id, const char *ending)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s", dir, id, ending);
	return access(path, F_OK) == 0;
}

static bool
is_taken(const char *dir, const char *id)
{
	return exists(dir, id, ENDING) || exists(dir, id, RETIRED ENDING);
}

static bool
choose_id(const char *dir, char id[LIMIT_KEY_ID_TEXT], int64_t now,
    struct error *err)
{
	char date[CLOCK_TEXT];

	if (id[0] == '\0') {
		clock_format(now, date);
		snprintf(id, LIMIT_KEY_ID_TEXT, "%.10s", date);
		for (int i = 2; is_taken(dir, id) && i < KEYS_MAX; i++)
			snprintf(id, LIMIT_KEY_ID_TEXT, "%.10s-%d", date, i);
	}
	if (!span_is_id(span_of(id), LIMIT_KEY_ID_TEXT))
		error_set(err, ERROR_INVALID,
		    "'%.40s': an ID is 1 to 32 letters, digits, - and _", id);
	else if (is_taken(dir, id))
		error_set(err, ERROR_INVALID,
		    "%.150s has a key '%.40s' already", dir, id);
	else
		return true;
	return false;
}

/* The digits go nowhere but into the file. */
static bool
write_key(const char *dir, const char *name, int64_t now, struct error *err)
{
	char digits[2 * HASH_KEY_BYTES + 1], made[CLOCK_TEXT], text[FILE_BYTES];
	uint8_t secret[HASH_KEY_BYTES];
	bool ok;

	hash_random(secret, sizeof(secret));
	hash_hex(secret, sizeof(secret), digits);
	clock_format(now, made);
	snprintf(text, sizeof(text), FIRST_LINE "\nmade %s\nsecret %s\n", made,
	    digits);
	ok = file_replace(dir, name, span_of(text), 0600, err);
	hash_wipe(secret, sizeof(secret));
	hash_wipe(digits, sizeof(digits));
	hash_wipe(text, sizeof(text));
	return ok;
}

static bool
give(const char *path, int owner, int group, struct error *err)
{
	if (chown(path, (uid_t)owner, (gid_t)group) == 0)
		return true;
	error_errno(err, "%.150s: cannot give it to the user %d", path, owner);
	return false;
}

bool
keys_make(const char *dir, char id[LIMIT_KEY_ID_TEXT], int64_t now, int owner,
    int group, struct error *err)
{
	char name[NAME_TEXT], path[4096];
	bool fresh = mkdir(dir, 0700) == 0;

	if (!fresh && errno != EEXIST) {
		error_errno(err, "cannot make %.180s", dir);
		return false;
	}
	if (fresh && !give(dir, owner, group, err))
		return false;
	if (!choose_id(dir, id, now, err))
		return false;
	snprintf(name, sizeof(name), "%s" ENDING, id);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return write_key(dir, name, now, err) && give(path, owner, group, err);
}

bool
keys_retire(const char *dir, const char *id, struct error *err)
{
	char from[4096], to[4096];

	if (!span_is_id(span_of(id), LIMIT_KEY_ID_TEXT) ||
	    !exists(dir, id, ENDING)) {
		error_set(err, ERROR_INVALID,
		    "%.150s has no key '%.40s' that could be retired", dir, id);
		return false;
	}
	snprintf(from, sizeof(from), "%s/%s" ENDING, dir, id);
	snprintf(to, sizeof(to), "%s/%s" RETIRED ENDING, dir, id);
	if (rename(from, to) != 0) {
		error_errno(err, "cannot rename %.180s", from);
		return false;
	}
	return file_sync_dir(dir, err);
}
