#include "web/lookup_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/listen.h"
#include "web/lookup.h"

/* A mailer keeps one for each of its processes that ask. */
#define CONNECTIONS 1024

/* Answers that wait for a client that does not read. */
#define OUT_BYTES (64L * 1024)

/* Descriptors before those of the connections. */
enum { FD_STOP, FD_SOCKETMAP, FD_TCP_TABLE, FDS_BEFORE };

struct connection {
	int fd; /* -1: this place is free */
	enum lookup_protocol protocol;
	int64_t moved; /* when something came or went, ms */
	struct buf in, out;
};

struct lookup_server {
	const struct web *web;
	pthread_t thread;
	bool started;
	int stop_fds[2]; /* closing the second ends the thread */
	int listeners[LOOKUP_TCP_TABLE + 1]; /* -1: none */
	struct connection connections[CONNECTIONS];
};

static const char *
socket_of(const struct web *web, int protocol)
{
	return protocol == LOOKUP_SOCKETMAP ? web->conf->lookup_socketmap
					    : web->conf->lookup_tcp_table;
}

static void
hang_up(struct connection *c)
{
	close(c->fd);
	buf_done(&c->in);
	buf_done(&c->out);
	c->fd = -1;
}

/* A free place, or that of who has been silent longest. */
static struct connection *
place(struct lookup_server *s)
{
	struct connection *oldest = &s->connections[0];

	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0)
			return c;
		if (c->moved < oldest->moved)
			oldest = c;
	}
	hang_up(oldest);
	return oldest;
}

static void
take(struct lookup_server *s, int protocol, int64_t now_ms)
{
	int fd = accept4(s->listeners[protocol], NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct connection *c;

	if (fd < 0)
		return;
	c = place(s);
	*c = (struct connection){ .fd = fd,
		.protocol = (enum lookup_protocol)protocol,
		.moved = now_ms };
	/* A request, and what stands round it. */
	buf_init(&c->in, (size_t)LOOKUP_REQUEST_BYTES + 16);
	buf_init(&c->out, (size_t)OUT_BYTES);
}

/* Takes n bytes off the front. */
static void
drop(struct buf *b, size_t n)
{
	struct span rest = buf_span(b);
	struct buf left;

	if (n == 0)
		return;
	buf_init(&left, b->max);
	buf_add(&left, rest.p + n, rest.len - n);
	buf_done(b);
	*b = left;
}

/* False: it is of no more use. */
static bool
send_out(struct connection *c)
{
	ssize_t n;

	if (c->out.len == 0)
		return true;
	n = send(c->fd, c->out.p, c->out.len, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	drop(&c->out, (size_t)n);
	return true;
}

/* Answers what is whole, as long as there is room for an answer. */
static bool
answer(const struct web *web, struct connection *c)
{
	struct span in = buf_span(&c->in);
	enum lookup_step step = LOOKUP_ANSWERED;

	while (step == LOOKUP_ANSWERED && in.len > 0 &&
	       c->out.len < (size_t)OUT_BYTES / 2)
		step =
		    lookup_answer(web, c->protocol, &in, clock_now(), &c->out);
	drop(&c->in, c->in.len - in.len);
	/* What is as long as a request may be, and still none. */
	return step != LOOKUP_BROKEN && !c->out.full &&
	       (step != LOOKUP_MORE || c->in.len < c->in.max);
}

static bool
read_in(struct connection *c)
{
	char piece[LOOKUP_REQUEST_BYTES];
	size_t room = c->in.max - c->in.len;
	ssize_t n =
	    recv(c->fd, piece, room < sizeof(piece) ? room : sizeof(piece), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	buf_add(&c->in, piece, (size_t)n);
	return n > 0;
}

static void
serve(const struct web *web, struct connection *c, short events, int64_t now_ms)
{
	bool ok = (events & (POLLERR | POLLNVAL)) == 0;
	size_t before;

	c->moved = now_ms;
	if (ok && (events & (POLLIN | POLLHUP)) != 0 && c->out.len == 0)
		ok = read_in(c);
	ok = ok && send_out(c);
	/* Also those that came together, as far as the client reads. */
	do {
		before = c->in.len;
		ok = ok && answer(web, c) && send_out(c);
	} while (ok && c->out.len == 0 && c->in.len > 0 && c->in.len < before);
	if (!ok)
		hang_up(c);
}

static void
watch(const struct lookup_server *s, struct pollfd *fds)
{
	fds[FD_STOP] = (struct pollfd){ s->stop_fds[0], POLLIN, 0 };
	fds[FD_SOCKETMAP] =
	    (struct pollfd){ s->listeners[LOOKUP_SOCKETMAP], POLLIN, 0 };
	fds[FD_TCP_TABLE] =
	    (struct pollfd){ s->listeners[LOOKUP_TCP_TABLE], POLLIN, 0 };
	for (size_t i = 0; i < CONNECTIONS; i++) {
		const struct connection *c = &s->connections[i];

		fds[FDS_BEFORE + i] = (struct pollfd){ c->fd,
			c->out.len > 0 ? POLLOUT : POLLIN, 0 };
	}
}

static void *
work(void *arg)
{
	struct pollfd fds[FDS_BEFORE + CONNECTIONS];
	struct lookup_server *s = arg;

	for (;;) {
		int64_t now_ms;

		watch(s, fds);
		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[FD_STOP].revents != 0)
			return NULL;
		now_ms = clock_monotonic_ms();
		for (size_t i = 0; i < CONNECTIONS; i++)
			if (s->connections[i].fd >= 0 &&
			    fds[FDS_BEFORE + i].revents != 0)
				serve(s->web, &s->connections[i],
				    fds[FDS_BEFORE + i].revents, now_ms);
		/* Last: a place that is given away has been looked at. */
		for (int p = 0; p <= LOOKUP_TCP_TABLE; p++)
			if (fds[FD_SOCKETMAP + p].revents != 0)
				take(s, p, now_ms);
	}
}

static bool
listen_all(struct lookup_server *s, struct error *err)
{
	static const char *const names[] = { "lookup.socketmap",
		"lookup.tcp_table" };

	for (int p = 0; p <= LOOKUP_TCP_TABLE; p++) {
		const char *socket = socket_of(s->web, p);
		bool local;

		if (socket[0] == '\0')
			continue;
		s->listeners[p] = listen_on(names[p], socket, &local, err);
		if (s->listeners[p] < 0)
			return false;
		/* Another process may have been faster than poll() tells. */
		(void)fcntl(s->listeners[p], F_SETFL, O_NONBLOCK);
		if (!local)
			log_warning("%s: %s can be reached from other hosts: "
				    "whoever does may ask who is on the list",
			    names[p], socket);
	}
	return true;
}

struct lookup_server *
lookup_start(const struct web *web, struct error *err)
{
	struct lookup_server *s = mem_new(1, sizeof(*s));

	s->web = web;
	s->stop_fds[0] = s->stop_fds[1] = -1;
	for (int p = 0; p <= LOOKUP_TCP_TABLE; p++)
		s->listeners[p] = -1;
	for (size_t i = 0; i < CONNECTIONS; i++)
		s->connections[i].fd = -1;
	if (!listen_all(s, err)) {
		lookup_stop(s);
		return NULL;
	}
	if (s->listeners[LOOKUP_SOCKETMAP] < 0 &&
	    s->listeners[LOOKUP_TCP_TABLE] < 0)
		return s;
	errno = pipe2(s->stop_fds, O_CLOEXEC) == 0
		    ? pthread_create(&s->thread, NULL, work, s)
		    : errno;
	s->started = errno == 0;
	if (s->started)
		return s;
	error_errno(err, "lookup: no thread");
	lookup_stop(s);
	return NULL;
}

void
lookup_stop(struct lookup_server *s)
{
	if (s == NULL)
		return;
	if (s->stop_fds[1] >= 0)
		close(s->stop_fds[1]);
	if (s->started)
		pthread_join(s->thread, NULL);
	if (s->stop_fds[0] >= 0)
		close(s->stop_fds[0]);
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->connections[i].fd >= 0)
			hang_up(&s->connections[i]);
	for (int p = 0; p <= LOOKUP_TCP_TABLE; p++)
		if (s->listeners[p] >= 0)
			listen_end(s->listeners[p], socket_of(s->web, p));
	free(s);
}
