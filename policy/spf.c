#include "policy/spf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/mem.h"
#include "policy/spf_wire.h"

/* Answers are kept for a few minutes: reporters come in bursts. */
#define CACHE_ENTRIES 256
#define CACHE_S 300

extern char **environ;

const struct name spf_result_names[] = {
	{ SPF_NONE, "none" },
	{ SPF_NEUTRAL, "neutral" },
	{ SPF_PASS, "pass" },
	{ SPF_FAIL, "fail" },
	{ SPF_SOFTFAIL, "softfail" },
	{ SPF_PERMERROR, "permerror" },
	{ SPF_TEMPERROR, "temperror" },
	{ 0, NULL },
};

struct cached {
	struct spf_question question;
	enum spf_result result;
	int64_t until; /* monotonic seconds; 0: empty */
};

struct spf {
	struct spf_settings settings;
	pthread_mutex_t lock; /* one check at a time */
	pid_t child;          /* 0: none */
	int fd;
	struct cached cache[CACHE_ENTRIES];
	size_t next; /* the entry to be replaced */
};

static void
stop_child(struct spf *s)
{
	if (s->child == 0)
		return;
	close(s->fd);
	kill(s->child, SIGKILL);
	while (waitpid(s->child, NULL, 0) < 0 && errno == EINTR)
		;
	s->child = 0;
}

/* The daemon blocks and handles signals; the child has nothing of that. */
static void
fresh_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attr);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static bool
start_child(struct spf *s, struct error *err)
{
	char *const argv[] = { (char *)(uintptr_t) "suppressd",
		(char *)(uintptr_t)SPF_CHILD_ARGUMENT, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int pair[2], failed;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		error_errno(err, "no socket for the SPF child");
		return false;
	}
	posix_spawn_file_actions_init(&actions);
	/* First: in a daemon without them the pair may be one of 0 to 2. */
	posix_spawn_file_actions_adddup2(&actions, pair[1], SPF_CHILD_FD);
	for (int fd = 0; fd < SPF_CHILD_FD; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
		    O_RDWR, 0);
	fresh_signals(&attr);
	failed = posix_spawn(&s->child, s->settings.program, &actions, &attr,
	    argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	if (failed == 0) {
		s->fd = pair[0];
		return true;
	}
	close(pair[0]);
	s->child = 0;
	errno = failed;
	error_errno(err, "cannot start the SPF child");
	return false;
}

struct spf *
spf_open(const struct spf_settings *settings, struct error *err)
{
	struct spf *s = mem_new(1, sizeof(*s));

	s->settings = *settings;
	pthread_mutex_init(&s->lock, NULL);
	if (start_child(s, err))
		return s;
	spf_close(s);
	return NULL;
}

void
spf_close(struct spf *s)
{
	if (s == NULL)
		return;
	stop_child(s);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Waits for the answer until the deadline; false: crash or hang. */
static bool
receive(struct spf *s, int64_t deadline_ms, struct spf_answer *answer)
{
	for (;;) {
		struct pollfd pfd = { s->fd, POLLIN, 0 };
		int64_t left = deadline_ms - clock_monotonic_ms();
		int ready;

		if (left <= 0)
			return false;
		ready = poll(&pfd, 1, (int)left);
		if (ready < 0 && errno == EINTR)
			continue;
		return ready == 1 &&
		       recv(s->fd, answer, sizeof(*answer), MSG_DONTWAIT) ==
			   (ssize_t)sizeof(*answer);
	}
}

/* False: there is no child, or it has died since its last answer. */
static bool
put_question(struct spf *s, const struct spf_question *q)
{
	struct error ignored;

	if (s->child == 0 && !start_child(s, &ignored))
		return false;
	if (send(s->fd, q, sizeof(*q), MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)sizeof(*q))
		return true;
	stop_child(s);
	return false;
}

static enum spf_result
ask(struct spf *s, const struct spf_question *q)
{
	int64_t deadline =
	    clock_monotonic_ms() + (int64_t)s->settings.timeout_s * 1000;
	struct spf_answer answer = { .result = SPF_TEMPERROR, .last = true };
	struct error ignored;

	/* Dying while nobody asked is not this question's fault. */
	if (!put_question(s, q) && !put_question(s, q))
		return SPF_TEMPERROR;
	if (!receive(s, deadline, &answer) || answer.result < SPF_NONE ||
	    answer.result > SPF_TEMPERROR)
		answer = (struct spf_answer){ SPF_TEMPERROR, true };
	/* Done, crashed or hanging: a new one for the next question. */
	if (answer.last) {
		stop_child(s);
		(void)!start_child(s, &ignored);
	}
	return (enum spf_result)answer.result;
}

static bool
from_cache(const struct spf *s, const struct spf_question *q,
    enum spf_result *result)
{
	int64_t now = clock_monotonic_ms() / 1000;

	for (size_t i = 0; i < CACHE_ENTRIES; i++) {
		const struct cached *c = &s->cache[i];

		if (c->until > now &&
		    memcmp(&c->question, q, sizeof(*q)) == 0) {
			*result = c->result;
			return true;
		}
	}
	return false;
}

static void
to_cache(struct spf *s, const struct spf_question *q, enum spf_result result)
{
	if (result == SPF_TEMPERROR)
		return;
	s->cache[s->next] = (struct cached){
		.question = *q,
		.result = result,
		.until = clock_monotonic_ms() / 1000 + CACHE_S,
	};
	s->next = (s->next + 1) % CACHE_ENTRIES;
}

/* RFC 7208 2.4: without a sender the name of the HELO command is checked. */
static bool
identity(const char *helo, const char *mail_from, struct spf_question *q,
    char domain[DOMAIN_TEXT])
{
	char name[DOMAIN_TEXT];
	struct error ignored;
	struct addr a;

	domain[0] = '\0';
	if (domain_parse(span_of(helo), name, &ignored) && name[0] != '[')
		memcpy(q->helo, name, strlen(name) + 1);
	if (mail_from[0] == '\0') {
		(void)span_copy(span_of(q->helo), domain, DOMAIN_TEXT);
		return domain[0] != '\0';
	}
	if (!addr_parse(span_of(mail_from), &a, &ignored) || a.domain[0] == '[')
		return false;
	(void)span_copy(span_of(a.text), q->mail_from, sizeof(q->mail_from));
	return span_copy(span_of(a.domain), domain, DOMAIN_TEXT);
}

bool
spf_domain(const char *helo, const char *mail_from, char domain[DOMAIN_TEXT])
{
	struct spf_question ignored = { .port = 0 };

	return identity(helo, mail_from, &ignored, domain);
}

enum spf_result
spf_check(struct spf *s, const struct ip *client, const char *helo,
    const char *mail_from, char domain[DOMAIN_TEXT])
{
	struct spf_question q;
	enum spf_result result;

	/* Compared and sent as bytes: no padding of chance. */
	memset(&q, 0, sizeof(q));
	/* libspf2 says "pass" for every loopback address, whatever is
	 * published. */
	if (!identity(helo, mail_from, &q, domain) || ip_is_loopback(client))
		return SPF_NONE;
	memcpy(q.server, s->settings.server, sizeof(q.server));
	q.port = s->settings.port;
	q.timeout_s = s->settings.timeout_s;
	q.client.family = client->family;
	memcpy(q.client.bytes, client->bytes, sizeof(q.client.bytes));
	pthread_mutex_lock(&s->lock);
	if (!from_cache(s, &q, &result)) {
		result = ask(s, &q);
		to_cache(s, &q, result);
	}
	pthread_mutex_unlock(&s->lock);
	return result;
}
