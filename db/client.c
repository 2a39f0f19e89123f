#include "db/store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/pack.h"
#include "db/wire.h"

struct client {
	pthread_mutex_t lock; /* one question at a time */
	const char *dir;      /* the store's */
	int patience_s;       /* 0: waits for an answer for ever */
	int64_t deaf_until;   /* it was waited for in vain, ms: so long others
				 need not wait, too */
	int fd;
	struct wire_reader in;
};

#define REQUEST_BYTES_MAX (1024L * 1024 * 1024)

/* A path in sun_path has 107 bytes; a descriptor of the directory makes
 * every path short. */
static int
connect_in(const char *dir, int patience_s)
{
	const struct timeval patience = { .tv_sec = WIRE_TIMEOUT_S };
	const struct timeval answer = { .tv_sec = patience_s };
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = -1;

	if (dir_fd < 0)
		return -1;
	snprintf(sa.sun_path, sizeof(sa.sun_path),
	    "/proc/self/fd/%d/" STORE_SOCKET_NAME, dir_fd);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answer,
		    sizeof(answer));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0) {
		close(fd);
		fd = -1;
	}
	close(dir_fd);
	return fd;
}

static void
hang_up(struct client *c)
{
	wire_reader_done(&c->in);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	wire_reader_init(&c->in, -1);
}

/* The writer hangs up on whoever is silent for long, and it may have been
 * started again: nothing has been asked yet, so another connection will do. */
static bool
connected(struct client *c, struct error *err)
{
	char byte;
	int fd;

	if (c->fd >= 0 && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	    (errno == EAGAIN || errno == EWOULDBLOCK))
		return true;
	fd = connect_in(c->dir, c->patience_s);
	if (fd < 0) {
		error_errno(err, "no daemon in %.150s", c->dir);
		return false;
	}
	hang_up(c);
	c->fd = fd;
	wire_reader_init(&c->in, fd);
	return true;
}

struct client *
client_new(const char *dir, int patience_s)
{
	struct client *c = mem_new(1, sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	c->dir = dir;
	c->patience_s = patience_s;
	c->fd = -1;
	wire_reader_init(&c->in, -1);
	return c;
}

struct client *
client_connect(const char *dir, struct error *err)
{
	struct client *c = client_new(dir, 0);

	if (connected(c, err))
		return c;
	client_close(c);
	return NULL;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	hang_up(c);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool
send_request(struct client *c, const struct buf *request, struct error *err)
{
	if (!connected(c, err))
		return false;
	if (wire_send(c->fd, request))
		return true;
	error_errno(err, "cannot ask the daemon");
	return false;
}

static bool
answer_line(struct client *c, struct span *line, struct error *err)
{
	if (wire_line(&c->in, line, err))
		return true;
	error_set(err, ERROR_IO,
	    "the daemon hung up before it "
	    "answered: look whether the change was made");
	return false;
}

/* Ends a question. What comes late is no answer to the next one. */
static void
leave(struct client *c, bool ok)
{
	if (!ok)
		hang_up(c);
	pthread_mutex_unlock(&c->lock);
}

/* Sends a request and reads the first line of the answer. */
static bool
ask(struct client *c, const struct buf *request, uint64_t *events,
    struct error *err)
{
	struct span line;

	return send_request(c, request, err) && answer_line(c, &line, err) &&
	       wire_answer_decode(line, events, err);
}

bool
client_change(struct client *c, const struct change *changes, size_t n,
    struct change_result *results, struct error *err)
{
	const struct wire_request q = { .what = "change", .n = n };
	struct buf request;
	struct span line;
	uint64_t events;
	bool ok;

	if (n > WIRE_CHANGES_MAX) {
		error_set(err, ERROR_LIMIT, "more than %d changes at once",
		    WIRE_CHANGES_MAX);
		return false;
	}
	buf_init(&request, REQUEST_BYTES_MAX);
	wire_request_encode(&q, &request);
	for (size_t i = 0; i < n; i++)
		wire_change_encode(&changes[i], &request);
	pthread_mutex_lock(&c->lock);
	ok = ask(c, &request, &events, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = answer_line(c, &line, err) &&
		     wire_result_decode(line, &results[i], err);
	leave(c, ok);
	buf_done(&request);
	return ok;
}

bool
client_load(struct client *c, const struct slice *slice,
    struct change_result *results, struct error *err)
{
	const struct wire_request q = { .what = "load",
		.n = slice->n,
		.bytes = slice->packed.len,
		.expected = slice->expected };
	struct buf request, bytes;
	uint64_t events;
	bool ok;

	buf_init(&request, WIRE_LINE_BYTES + slice->packed.len);
	buf_init(&bytes, slice->n);
	wire_request_encode(&q, &request);
	buf_add_span(&request, slice->packed);
	pthread_mutex_lock(&c->lock);
	ok = ask(c, &request, &events, err) &&
	     wire_bytes(&c->in, slice->n, &bytes, err);
	leave(c, ok);
	for (size_t i = 0; ok && i < slice->n; i++)
		pack_result_read((uint8_t)bytes.p[i], &results[i]);
	buf_done(&request);
	buf_done(&bytes);
	return ok;
}

static bool
is_deaf(const struct client *c, int64_t now_ms, struct error *err)
{
	if (now_ms >= c->deaf_until)
		return false;
	error_set(err, ERROR_IO, "the daemon does not answer");
	return true;
}

bool
client_ask(struct client *c, const char *what, struct span question,
    struct buf *answer, struct error *err)
{
	struct wire_request q = { .bytes = question.len };
	struct buf request;
	struct span line;
	uint64_t lines;
	int64_t began;
	bool ok;

	(void)span_copy(span_of(what), q.what, sizeof(q.what));
	buf_init(&request, WIRE_LINE_BYTES + question.len);
	wire_request_encode(&q, &request);
	buf_add_span(&request, question);
	pthread_mutex_lock(&c->lock);
	began = clock_monotonic_ms();
	ok = !is_deaf(c, began, err) && ask(c, &request, &lines, err);
	for (uint64_t i = 0; ok && i < lines; i++) {
		ok = answer_line(c, &line, err);
		if (ok) {
			buf_add_span(answer, line);
			buf_add_char(answer, '\n');
		}
	}
	if (!ok && clock_monotonic_ms() - began >= c->patience_s * 1000)
		c->deaf_until = clock_monotonic_ms() + c->patience_s * 1000;
	leave(c, ok);
	buf_done(&request);
	return ok;
}

bool
client_rebuild(struct client *c, uint64_t *events, struct error *err)
{
	const struct wire_request q = { .what = "rebuild" };
	struct buf request;
	bool ok;

	buf_init(&request, WIRE_LINE_BYTES);
	wire_request_encode(&q, &request);
	pthread_mutex_lock(&c->lock);
	ok = ask(c, &request, events, err);
	leave(c, ok);
	buf_done(&request);
	return ok;
}

bool
client_erase(struct client *c, const struct change *order, erase_fn *tell,
    void *arg, struct erasure *out, struct error *err)
{
	struct wire_request q = { .what = "erase" };
	uint64_t done = 0, total = 0, events;
	struct buf request;
	struct span line;
	bool ok;

	buf_init(&request, 2 * WIRE_LINE_BYTES);
	if (order == NULL)
		(void)span_copy(span_of("hash"), q.what, sizeof(q.what));
	wire_request_encode(&q, &request);
	if (order != NULL)
		wire_change_encode(order, &request);
	pthread_mutex_lock(&c->lock);
	ok = send_request(c, &request, err) && answer_line(c, &line, err);
	while (ok && wire_progress_decode(line, &done, &total)) {
		if (tell != NULL)
			tell(done, total, arg);
		ok = answer_line(c, &line, err);
	}
	ok = ok && wire_answer_decode(line, &events, err) &&
	     answer_line(c, &line, err) && wire_erasure_decode(line, out, err);
	leave(c, ok);
	buf_done(&request);
	return ok;
}
