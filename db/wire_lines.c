/* wire_lines - lines and bytes in and out of a socket. */
#include "db/wire.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool
wire_send(int fd, const struct buf *out)
{
	size_t at = 0;

	while (at < out->len) {
		ssize_t done =
		    send(fd, out->p + at, out->len - at, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		at += (size_t)done;
	}
	return true;
}

void
wire_reader_init(struct wire_reader *r, int fd)
{
	r->fd = fd;
	r->at = 0;
	buf_init(&r->bytes, 8 * WIRE_LINE_BYTES);
}

void
wire_reader_done(struct wire_reader *r)
{
	buf_done(&r->bytes);
}

/* Keeps what has not been given out and reads on. */
static ssize_t
read_more(struct wire_reader *r)
{
	char piece[WIRE_LINE_BYTES];
	size_t left = r->bytes.len - r->at;
	ssize_t got;

	if (r->at > 0) {
		memmove(r->bytes.p, r->bytes.p + r->at, left);
		r->bytes.len = left;
		r->at = 0;
	}
	do {
		got = read(r->fd, piece, sizeof(piece));
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		buf_add(&r->bytes, piece, (size_t)got);
	return got;
}

bool
wire_line(struct wire_reader *r, struct span *line, struct error *err)
{
	for (;;) {
		struct span rest = buf_span(&r->bytes);
		size_t len;
		ssize_t got;

		rest.p += r->at;
		rest.len -= r->at;
		len = span_find(rest, '\n');
		if (len < rest.len) {
			*line = (struct span){ rest.p, len };
			r->at += len + 1;
			return true;
		}
		if (rest.len > WIRE_LINE_BYTES) {
			error_set(err, ERROR_LIMIT, "a line is too long");
			return false;
		}
		got = read_more(r);
		if (got > 0)
			continue;
		if (got < 0)
			error_errno(err, "the other side is silent");
		else if (rest.len > 0)
			error_set(err, ERROR_IO, "cut off in a line");
		else
			error_set(err, ERROR_NONE, "closed");
		return false;
	}
}

bool
wire_lines(struct wire_reader *r, size_t n, struct buf *out, struct error *err)
{
	struct span line;

	for (size_t i = 0; i < n; i++) {
		if (!wire_line(r, &line, err))
			return false;
		buf_add_span(out, line);
		buf_add_char(out, '\n');
		if (out->full) {
			error_set(err, ERROR_LIMIT, "too much for one request");
			return false;
		}
	}
	return true;
}

bool
wire_bytes(struct wire_reader *r, size_t len, struct buf *out,
    struct error *err)
{
	while (len > 0) {
		size_t left = r->bytes.len - r->at;
		size_t n = left < len ? left : len;

		buf_add(out, r->bytes.p + r->at, n);
		r->at += n;
		len -= n;
		if (len > 0 && read_more(r) <= 0) {
			error_set(err, ERROR_IO,
			    "cut off: %zu bytes are missing", len);
			return false;
		}
	}
	return true;
}

bool
wire_peer(int fd, char out[LIMIT_ACTOR_TEXT])
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct passwd pw, *found = NULL;
	char names[1024];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		peer.uid = (uid_t)-1;
	if (peer.uid == 0 || peer.uid == getuid())
		return false;
	if (getpwuid_r(peer.uid, &pw, names, sizeof(names), &found) == 0 &&
	    found != NULL && strcmp(pw.pw_name, STORE_SPEAKER) == 0)
		return false;
	if (found != NULL)
		(void)span_copy(span_of(pw.pw_name), out, LIMIT_ACTOR_TEXT);
	else
		snprintf(out, LIMIT_ACTOR_TEXT, "uid %u", (unsigned)peer.uid);
	return true;
}
