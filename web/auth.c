#include "web/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

/* So many wrong tokens of one client in a minute; then it has to wait for the
 * next. A secret has 160 bits: this is against noise and load. */
#define GUESSES 10
#define WINDOW_S 60

/* Clients, and tokens, that are remembered at once; two that share a place
 * share the count. */
#define PLACES 4096

/* Tokens that are not read again while their files stay as they are. */
#define KNOWN 64

struct place {
	int64_t window; /* number of the minute */
	unsigned n;
};

struct auth {
	pthread_mutex_t lock;
	struct place guesses[PLACES]; /* by client */
	struct place writes[PLACES];  /* by token */
	struct access_token known[KNOWN];
};

struct auth *
auth_new(void)
{
	struct auth *auth = mem_new(1, sizeof(*auth));

	pthread_mutex_init(&auth->lock, NULL);
	return auth;
}

void
auth_free(struct auth *auth)
{
	if (auth == NULL)
		return;
	pthread_mutex_destroy(&auth->lock);
	free(auth);
}

/* A network of IPv6 is one client: whoever has one has 2^64 addresses. */
static size_t
place_of(const struct ip *client)
{
	size_t n = client->family == AF_INET6 ? 8 : 4, place = 0;

	for (size_t i = 0; i < n; i++)
		place = (place * 251 + client->bytes[i]) % PLACES;
	return place;
}

/* Adds more; how many there are in this minute. */
static unsigned
count(struct auth *auth, struct place *place, int64_t now, unsigned more)
{
	unsigned n;

	pthread_mutex_lock(&auth->lock);
	if (place->window != now / WINDOW_S)
		*place = (struct place){ .window = now / WINDOW_S };
	n = place->n += more;
	pthread_mutex_unlock(&auth->lock);
	return n;
}

static unsigned
guesses(struct auth *auth, const struct request *r, unsigned more)
{
	return count(auth, &auth->guesses[place_of(&r->client)], r->now, more);
}

static void
wait_for_minute(const struct request *r, const char *why, struct answer *a)
{
	answer_problem(a, 429, why);
	a->retry_after_s = WINDOW_S - (int)(r->now % WINDOW_S);
}

bool
auth_paces(const struct request *r, enum access_scope scope, struct answer *a)
{
	struct auth *auth = r->web->auth;
	int most = r->web->conf->web_writes_per_minute;
	struct place *place =
	    &auth->writes[hash_quick(r->actor) % ARRAY_LEN(auth->writes)];

	if (scope < ACCESS_WRITE || most == 0 ||
	    count(auth, place, r->now, 1) <= (unsigned)most)
		return true;
	wait_for_minute(r,
	    "More requests that change something than "
	    "web.writes_per_minute: send more values in each, or wait for the "
	    "next minute.",
	    a);
	return false;
}

static void
refuse(struct auth *auth, const struct request *r, bool guessed,
    struct answer *a)
{
	char ip[IP_TEXT];

	answer_problem(a, 401,
	    "Send a token that is valid, as \"Authorization: Bearer TOKEN\"; "
	    "\"suppressctl token new\" makes one.");
	a->challenge = "Bearer realm=\"suppressd\"";
	if (!guessed || guesses(auth, r, 1) != GUESSES)
		return;
	ip_format(&r->client, ip);
	log_warning("%u wrong tokens from %s within a minute", GUESSES,
	    ip[0] != '\0' ? ip : "the Unix socket");
}

/* Whose it is; the file of a token that comes again is not read again. */
static bool
find(const struct request *r, struct span text, struct access_token *who,
    bool *found, struct error *err)
{
	const char *dir = r->web->conf->web_tokens;
	struct auth *auth = r->web->auth;
	struct access_token *known =
	    &auth->known[hash_quick(r->authorization) % KNOWN];

	pthread_mutex_lock(&auth->lock);
	*who = *known;
	pthread_mutex_unlock(&auth->lock);
	*found = access_again(dir, who, text, r->now);
	if (*found)
		return true;
	if (!access_check(dir, text, r->now, who, found, err))
		return false;
	if (*found) {
		pthread_mutex_lock(&auth->lock);
		*known = *who;
		pthread_mutex_unlock(&auth->lock);
	}
	return true;
}

bool
auth_token(const struct request *r, struct span text, struct access_token *who,
    struct answer *a)
{
	struct auth *auth = r->web->auth;
	struct error err;
	bool found;

	if (guesses(auth, r, 0) >= GUESSES) {
		wait_for_minute(r,
		    "Too many wrong tokens: wait for the next minute.", a);
		return false;
	}
	if (!find(r, text, who, &found, &err)) {
		log_error("tokens: %s", err.text);
		answer_problem(a, 503, "Tokens can't be looked at now.");
		return false;
	}
	if (!found)
		refuse(auth, r, text.len > 0 || r->authorization[0] != '\0', a);
	return found;
}

bool
auth_allows(struct request *r, enum access_scope scope, struct answer *a)
{
	struct span rest = span_of(r->authorization), word = { "", 0 };
	struct access_token t;

	if (scope == ACCESS_NONE)
		return true;
	(void)span_cut(&rest, ' ', &word);
	if (!span_is_nocase(word, "Bearer"))
		rest = (struct span){ "", 0 };
	if (!auth_token(r, span_trim(rest), &t, a))
		return false;
	memcpy(r->actor, t.name, sizeof(t.name));
	r->scope = t.scope;
	if (t.scope < scope) {
		answer_problem(a, 403,
		    "The token's scope does not reach so far.");
		return false;
	}
	return auth_paces(r, scope, a);
}
