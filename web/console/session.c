#include "web/console/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct session {
	/* Not the cookie itself: whoever looks at the memory can't use it. */
	uint8_t hash[HASH_LONG_BYTES];
	struct access_token who;
	int64_t made; /* 0: free */
	int64_t used;
	char words[SESSION_WORDS_TEXT];
};

struct sessions {
	uint8_t key[HASH_KEY_BYTES]; /* of the marks */
	pthread_mutex_t lock;
	struct session list[SESSIONS_MAX];
};

struct sessions *
sessions_new(void)
{
	struct sessions *s = mem_new(1, sizeof(*s));

	hash_random(s->key, sizeof(s->key));
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void
sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
hash_id(const struct sessions *s, const char *id, uint8_t *out)
{
	hash_once(s->key, span_of(id), out, HASH_LONG_BYTES);
}

/* Under the lock. */
static struct session *
find(struct sessions *s, const char *id)
{
	uint8_t hash[HASH_LONG_BYTES];

	hash_id(s, id, hash);
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (s->list[i].made != 0 &&
		    hash_equal(s->list[i].hash, hash, sizeof(hash)))
			return &s->list[i];
	return NULL;
}

/* Under the lock: a free place, or that of who was away longest. */
static struct session *
place(struct sessions *s)
{
	struct session *best = &s->list[0];

	for (size_t i = 1; i < SESSIONS_MAX && best->made != 0; i++)
		if (s->list[i].made == 0 || s->list[i].used < best->used)
			best = &s->list[i];
	return best;
}

void
session_visit(char id[SESSION_ID_TEXT])
{
	uint8_t bytes[HASH_LONG_BYTES];

	hash_random(bytes, sizeof(bytes));
	hash_hex(bytes, sizeof(bytes), id);
}

void
session_begin(struct sessions *s, const struct access_token *who, int64_t now,
    char id[SESSION_ID_TEXT])
{
	struct session *one;

	session_visit(id);
	pthread_mutex_lock(&s->lock);
	one = place(s);
	*one = (struct session){ .who = *who, .made = now, .used = now };
	hash_id(s, id, one->hash);
	pthread_mutex_unlock(&s->lock);
}

bool
session_find(struct sessions *s, const char *id, int64_t now,
    struct access_token *who)
{
	struct session *one;
	bool found;

	pthread_mutex_lock(&s->lock);
	one = find(s, id);
	if (one != NULL && (now - one->made >= SESSION_AGE_S ||
			       now - one->used >= SESSION_IDLE_S)) {
		*one = (struct session){ 0 };
		one = NULL;
	}
	found = one != NULL;
	if (found) {
		one->used = now;
		*who = one->who;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

void
session_end(struct sessions *s, const char *id)
{
	struct session *one;

	pthread_mutex_lock(&s->lock);
	one = find(s, id);
	if (one != NULL)
		*one = (struct session){ 0 };
	pthread_mutex_unlock(&s->lock);
}

void
session_mark(const struct sessions *s, const char *id,
    char mark[SESSION_MARK_TEXT])
{
	uint8_t bytes[HASH_SHORT_BYTES];
	struct hash h;

	hash_begin(&h, s->key, sizeof(bytes));
	hash_add_text(&h, "form");
	hash_add_text(&h, id);
	hash_end(&h, bytes);
	hash_hex(bytes, sizeof(bytes), mark);
}

bool
session_has_mark(const struct sessions *s, const char *id, const char *mark)
{
	char want[SESSION_MARK_TEXT];

	session_mark(s, id, want);
	return id[0] != '\0' && strlen(mark) == sizeof(want) - 1 &&
	       hash_equal(mark, want, sizeof(want));
}

void
session_say(struct sessions *s, const char *id, const char *words)
{
	struct session *one;

	pthread_mutex_lock(&s->lock);
	one = find(s, id);
	if (one != NULL)
		(void)span_copy(span_of(words), one->words, sizeof(one->words));
	pthread_mutex_unlock(&s->lock);
}

bool
session_said(struct sessions *s, const char *id, char words[SESSION_WORDS_TEXT])
{
	struct session *one;

	words[0] = '\0';
	pthread_mutex_lock(&s->lock);
	one = find(s, id);
	if (one != NULL) {
		memcpy(words, one->words, sizeof(one->words));
		one->words[0] = '\0';
	}
	pthread_mutex_unlock(&s->lock);
	return words[0] != '\0';
}
