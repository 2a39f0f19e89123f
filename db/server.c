/*
 * server - takes the changes of other processes on writer.sock. One thread
 * listens, one serves each connection; a client that is silent is dropped,
 * so that a stopped one blocks nobody.
 */
#include "db/store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/pack.h"
#include "db/privacy.h"
#include "db/wire.h"

#define CONNECTIONS_MAX 64
#define ANSWER_BYTES_MAX (64L * 1024 * 1024)

struct connection {
	struct server *server;
	pthread_t thread;
	int fd; /* -1: this place is free */
	bool finished;
};

struct server {
	struct store *store;
	store_answer_fn *answer; /* NULL: only ours are answered */
	int listen_fd;
	int stop_fds[2]; /* closing the second wakes the listener */
	pthread_t thread;
	pthread_mutex_t lock; /* guards connections */
	struct connection connections[CONNECTIONS_MAX];
	char path[STORE_PATH_TEXT];
};

static bool
do_change(struct connection *c, struct wire_reader *in, size_t n,
    struct buf *answer)
{
	struct change_result *results = mem_new(n, sizeof(*results));
	char by[LIMIT_ACTOR_TEXT];
	struct error err = { 0 };
	struct buf lines;
	bool whole, ok;

	buf_init(&lines, LIMIT_BATCH_BYTES);
	whole = wire_lines(in, n, &lines, &err);
	ok = whole && writer_wire(c->server->store,
			  &(struct wire_changes){ buf_span(&lines), n,
			      wire_peer(c->fd, by) ? by : NULL },
			  results, &err);
	wire_answer_encode(ok, 0, &err, answer);
	for (size_t i = 0; ok && i < n; i++)
		wire_result_encode(&results[i], answer);
	buf_done(&lines);
	free(results);
	return whole;
}

static bool
do_load(struct connection *c, struct wire_reader *in,
    const struct wire_request *q, struct buf *answer)
{
	struct change_result *results = mem_new(q->n, sizeof(*results));
	struct slice slice = { .n = q->n, .expected = q->expected };
	char by[LIMIT_ACTOR_TEXT];
	struct error err = { 0 };
	struct buf packed;
	bool whole, ok;

	buf_init(&packed, q->bytes);
	whole = wire_bytes(in, q->bytes, &packed, &err);
	slice.packed = buf_span(&packed);
	slice.by = wire_peer(c->fd, by) ? by : NULL;
	ok = whole && writer_load(c->server->store, &slice, results, &err);
	wire_answer_encode(ok, 0, &err, answer);
	for (size_t i = 0; ok && i < q->n; i++)
		buf_add_char(answer, (char)pack_result(&results[i]));
	buf_done(&packed);
	free(results);
	return whole;
}

static void
do_rebuild(struct connection *c, struct buf *answer)
{
	struct error err = { 0 };
	uint64_t events = 0;
	bool ok = store_rebuild(c->server->store, &events, &err);

	wire_answer_encode(ok, events, &err, answer);
}

static uint64_t
lines_of(const struct buf *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->p[i] == '\n';
	return n;
}

/* Whoever asked may be gone: then nobody is told, and it goes on. */
static void
tell_progress(uint64_t done, uint64_t total, void *arg)
{
	const struct connection *c = arg;
	struct buf line;

	buf_init(&line, WIRE_LINE_BYTES);
	wire_progress_encode(done, total, &line);
	(void)!wire_send(c->fd, &line);
	buf_done(&line);
}

static void
answer_erasure(bool ok, const struct erasure *done, const struct error *err,
    struct buf *answer)
{
	wire_answer_encode(ok, 0, err, answer);
	if (ok)
		wire_erasure_encode(done, answer);
}

static bool
do_erase(struct connection *c, struct wire_reader *in, struct buf *answer)
{
	struct erase_order order = { 0 };
	struct erasure done = { 0 };
	char by[LIMIT_ACTOR_TEXT];
	struct error err = { 0 };
	struct change said;
	struct span line;
	bool whole, ok;

	whole =
	    wire_line(in, &line, &err) && wire_change_decode(line, &said, &err);
	if (whole) {
		order.value = said.value;
		memcpy(order.by, wire_peer(c->fd, by) ? by : said.by,
		    sizeof(order.by));
		memcpy(order.why, said.why, sizeof(order.why));
	}
	ok = whole && store_erase(c->server->store, &order, tell_progress, c,
			  &done, &err);
	answer_erasure(ok, &done, &err, answer);
	return whole;
}

static void
do_hash(struct connection *c, struct buf *answer)
{
	struct error err = { 0 };
	struct erasure done;
	bool ok =
	    store_hash_all(c->server->store, tell_progress, c, &done, &err);

	answer_erasure(ok, &done, &err, answer);
}

/* A question that is not ours: nothing was done, whatever comes of it. */
static bool
do_answer(struct connection *c, struct wire_reader *in,
    const struct wire_request *q, struct buf *answer)
{
	struct buf question, said;
	struct error err = { 0 };
	bool ok = false, whole;

	buf_init(&question, q->bytes);
	buf_init(&said, ANSWER_BYTES_MAX);
	whole = wire_bytes(in, q->bytes, &question, &err);
	if (whole && c->server->answer != NULL)
		ok = c->server->answer(c->server->store, q->what,
		    buf_span(&question), &said, &err);
	else if (whole)
		error_set(&err, ERROR_INVALID, "'%s' is no request", q->what);
	wire_answer_encode(ok, lines_of(&said), &err, answer);
	if (ok)
		buf_add_span(answer, buf_span(&said));
	buf_done(&said);
	buf_done(&question);
	return whole;
}

/* One request. False: the connection is of no more use. */
static bool
serve_one(struct connection *c, struct wire_reader *in, struct span line)
{
	struct wire_request q = { 0 };
	struct error err;
	struct buf answer;
	bool go_on = true;

	buf_init(&answer, ANSWER_BYTES_MAX);
	if (!wire_request_decode(line, &q, &err)) {
		wire_answer_encode(false, 0, &err, &answer);
		go_on = false;
	} else if (strcmp(q.what, "change") == 0) {
		go_on = do_change(c, in, q.n, &answer);
	} else if (strcmp(q.what, "load") == 0) {
		go_on = do_load(c, in, &q, &answer);
	} else if (strcmp(q.what, "erase") == 0) {
		go_on = do_erase(c, in, &answer);
	} else if (strcmp(q.what, "hash") == 0) {
		do_hash(c, &answer);
	} else if (strcmp(q.what, "rebuild") == 0) {
		do_rebuild(c, &answer);
	} else {
		go_on = do_answer(c, in, &q, &answer);
	}
	go_on = wire_send(c->fd, &answer) && go_on;
	buf_done(&answer);
	mem_worked(q.n);
	return go_on;
}

static void *
serve(void *arg)
{
	struct connection *c = arg;
	struct wire_reader in;
	struct error ignored;
	struct span line;

	wire_reader_init(&in, c->fd);
	while (wire_line(&in, &line, &ignored) && serve_one(c, &in, line))
		;
	wire_reader_done(&in);
	pthread_mutex_lock(&c->server->lock);
	c->finished = true;
	pthread_mutex_unlock(&c->server->lock);
	/* The client sees the end now; the place is freed by the listener. */
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

/* Joins the threads that are done. Lock held. */
static void
reap(struct server *s)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0 || !c->finished)
			continue;
		pthread_join(c->thread, NULL);
		close(c->fd);
		c->fd = -1;
	}
}

static void
start(struct server *s, int fd)
{
	const struct timeval patience = { .tv_sec = WIRE_TIMEOUT_S };
	bool started = false;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof(patience));
	pthread_mutex_lock(&s->lock);
	reap(s);
	for (size_t i = 0; !started && i < CONNECTIONS_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd >= 0)
			continue;
		*c = (struct connection){ .server = s, .fd = fd };
		started = pthread_create(&c->thread, NULL, serve, c) == 0;
		if (!started)
			c->fd = -1;
		break;
	}
	pthread_mutex_unlock(&s->lock);
	/* All places are taken: the client sees the end and says so. */
	if (!started)
		close(fd);
}

static void *
listen_loop(void *arg)
{
	struct server *s = arg;

	for (;;) {
		struct pollfd fds[] = { { s->listen_fd, POLLIN, 0 },
			{ s->stop_fds[0], POLLIN, 0 } };
		int fd;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents != 0)
			return NULL;
		if ((fds[0].revents & POLLIN) == 0)
			continue;
		fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			start(s, fd);
	}
}

/* We hold the store's lock: a socket that is there is a dead one's. */
static bool
listen_in(struct server *s, const char *dir, struct error *err)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	snprintf(sa.sun_path, sizeof(sa.sun_path),
	    "/proc/self/fd/%d/" STORE_SOCKET_NAME, dir_fd);
	unlink(s->path);
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok = dir_fd >= 0 && s->listen_fd >= 0 &&
	     bind(s->listen_fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 &&
	     chmod(s->path, 0660) == 0 && listen(s->listen_fd, 32) == 0 &&
	     pipe2(s->stop_fds, O_CLOEXEC) == 0;
	if (!ok)
		error_errno(err, "cannot listen on %.150s", s->path);
	if (dir_fd >= 0)
		close(dir_fd);
	return ok;
}

bool
store_serve(struct store *st, store_answer_fn *answer, struct error *err)
{
	struct server *s = mem_new(1, sizeof(*s));

	s->store = st;
	s->answer = answer;
	s->stop_fds[0] = s->stop_fds[1] = -1;
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		s->connections[i].fd = -1;
	store_path(st, STORE_SOCKET_NAME, s->path);
	st->server = s; /* before any thread of it writes */
	if (listen_in(s, st->dir, err) &&
	    pthread_create(&s->thread, NULL, listen_loop, s) == 0)
		return true;
	st->server = NULL;
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	if (s->stop_fds[0] >= 0) {
		close(s->stop_fds[0]);
		close(s->stop_fds[1]);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
	return false;
}

void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	close(s->stop_fds[1]);
	pthread_join(s->thread, NULL);
	unlink(s->path);
	close(s->listen_fd);
	close(s->stop_fds[0]);
	/* A request that is being written is finished first. */
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0)
			continue;
		shutdown(c->fd, SHUT_RD);
		pthread_join(c->thread, NULL);
		close(c->fd);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}
