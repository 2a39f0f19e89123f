/*
 * session - people who have signed in to the console, known by a cookie; and
 * the mark that shows that a form is of a page of ours. In memory: after a
 * restart they sign in again. Thread safe.
 */
#ifndef WEB_CONSOLE_SESSION_H
#define WEB_CONSOLE_SESSION_H

#include "policy/access.h"

/* A cookie's value, the mark of a form, and what is said once: with NUL. */
#define SESSION_ID_TEXT (2 * HASH_LONG_BYTES + 1)
#define SESSION_MARK_TEXT (2 * HASH_SHORT_BYTES + 1)
#define SESSION_WORDS_TEXT 512

/* At once; the one that was used longest ago makes room for a new one. */
#define SESSIONS_MAX 1024
/* A session ends when it was not used for so long, or is so old. */
#define SESSION_IDLE_S (2 * 3600)
#define SESSION_AGE_S (12 * 3600)

struct sessions;

struct sessions *sessions_new(void);
void sessions_free(struct sessions *s);

/* For somebody who has not signed in yet: a cookie's value with nothing
 * behind it. */
void session_visit(char id[SESSION_ID_TEXT]);

/* Signs in. id: a new one, that nobody had before. */
void session_begin(struct sessions *s, const struct access_token *who,
    int64_t now, char id[SESSION_ID_TEXT]);

/* Who has signed in; counts as a use. False: nobody with that id. */
bool session_find(struct sessions *s, const char *id, int64_t now,
    struct access_token *who);
void session_end(struct sessions *s, const char *id);

/* What each form of a page for this cookie has to bring back. */
void session_mark(const struct sessions *s, const char *id,
    char mark[SESSION_MARK_TEXT]);
bool session_has_mark(const struct sessions *s, const char *id,
    const char *mark);

/* What the next page shall say, once. False: nothing. */
void session_say(struct sessions *s, const char *id, const char *words);
bool session_said(struct sessions *s, const char *id,
    char words[SESSION_WORDS_TEXT]);

#endif
