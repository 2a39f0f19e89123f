#include "db/privacy.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "db/erase_impl.h"

#define WORD_BYTES 32

const struct name privacy_names[] = {
	{ PRIVACY_PLAIN, "plain" },
	{ PRIVACY_CONVERTING, "converting" },
	{ PRIVACY_HASHED, "hashed" },
	{ 0, NULL },
};

bool
store_privacy(struct store *st, enum privacy *out, struct error *err)
{
	char path[STORE_PATH_TEXT];
	struct buf word;
	int number;
	bool ok;

	*out = PRIVACY_PLAIN;
	store_path(st, STORE_PRIVACY_NAME, path);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	buf_init(&word, WORD_BYTES);
	ok = file_read_path(path, &word, err);
	if (ok &&
	    !names_number(privacy_names, span_trim(buf_span(&word)), &number)) {
		error_set(err, ERROR_CORRUPT,
		    "%.120s: it says neither converting nor hashed; bring it "
		    "back from a backup",
		    path);
		ok = false;
	}
	buf_done(&word);
	if (ok)
		*out = (enum privacy)number;
	return ok;
}

static bool
set_privacy(struct store *st, enum privacy privacy, struct error *err)
{
	char word[WORD_BYTES];
	bool ok;

	snprintf(word, sizeof(word), "%s\n",
	    names_text(privacy_names, (int)privacy));
	owner_begin(&st->owner);
	ok =
	    file_replace(st->dir, STORE_PRIVACY_NAME, span_of(word), 0640, err);
	owner_end(&st->owner);
	return ok;
}

bool
privacy_begin(struct store *st, struct error *err)
{
	enum privacy privacy;

	if (!store_privacy(st, &privacy, err))
		return false;
	/* A new store has no text yet. */
	if (privacy == PRIVACY_PLAIN && st->hides && st->now.lsn == 0)
		return set_privacy(st, PRIVACY_HASHED, err);
	if (privacy == PRIVACY_CONVERTING ||
	    (privacy == PRIVACY_PLAIN && st->hides))
		snprintf(st->note, sizeof(st->note),
		    "the text of values that were there before is still in "
		    "it: suppressctl privacy hashed takes it out");
	if (privacy != PRIVACY_PLAIN)
		st->hides = true;
	return true;
}

/* From here on nothing that is new has text. */
static bool
begin(struct store *st, void *arg, struct error *err)
{
	(void)arg;
	if (!set_privacy(st, PRIVACY_CONVERTING, err))
		return false;
	st->hides = true;
	return true;
}

static bool
convert(struct erasing *e, struct error *err)
{
	struct store *st = e->st;
	enum privacy privacy;
	bool ok;

	pthread_mutex_lock(&st->erase_lock);
	ok = store_privacy(st, &privacy, err);
	if (ok && privacy != PRIVACY_HASHED)
		ok = erase_finish(st, err) &&
		     writer_alone(st, begin, NULL, err) &&
		     erase_everywhere(e, err) &&
		     set_privacy(st, PRIVACY_HASHED, err);
	pthread_mutex_unlock(&st->erase_lock);
	return ok;
}

bool
store_hash_all(struct store *st, erase_fn *tell, void *arg, struct erasure *out,
    struct error *err)
{
	struct erasing e = { .st = st, .tell = tell, .arg = arg, .out = out };
	bool ok;

	*out = (struct erasure){ 0 };
	if (st->client != NULL)
		return client_erase(st->client, NULL, tell, arg, out, err);
	if (st->lock_fd < 0) {
		error_set(err, ERROR_REFUSED, "opened only to look");
		return false;
	}
	e.hide = hide_new_all();
	ok = convert(&e, err);
	hide_free(e.hide);
	return ok;
}
