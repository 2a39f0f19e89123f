#include "tests/unit/dns.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"

#define HEADER_BYTES 12
#define UDP_BYTES 512
#define ANSWER_BYTES 16384
#define NAME_TEXT 256
#define NAMES_MAX 256 /* questions that are remembered */

struct dns {
	const struct dns_row *rows;
	size_t n;
	int udp, tcp, stop[2];
	int port;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t came;
	char asked[NAMES_MAX][NAME_TEXT];
	unsigned asked_n;
};

struct answer {
	uint8_t bytes[ANSWER_BYTES];
	size_t len;
};

static void
put(struct answer *a, const void *bytes, size_t n)
{
	if (a->len + n > sizeof(a->bytes))
		abort();
	memcpy(a->bytes + a->len, bytes, n);
	a->len += n;
}

static void
put16(struct answer *a, unsigned number)
{
	const uint8_t bytes[2] = { (uint8_t)(number >> 8), (uint8_t)number };

	put(a, bytes, 2);
}

static void
put_name(struct answer *a, const char *name)
{
	while (name[0] != '\0') {
		size_t n = strcspn(name, ".");
		uint8_t len = (uint8_t)n;

		put(a, &len, 1);
		put(a, name, n);
		name += n + (name[n] == '.');
	}
	put(a, "", 1);
}

static void
put_strings(struct answer *a, const char *text)
{
	while (text[0] != '\0') {
		size_t n = strcspn(text, "\t");
		uint8_t len;

		if (n > 255)
			n = 255;
		len = (uint8_t)n;
		put(a, &len, 1);
		put(a, text, n);
		text += n + (text[n] == '\t');
	}
}

/* name, type, IN, 60 s; the length comes after. */
static void
put_head(struct answer *a, const char *name, int kind)
{
	put_name(a, name);
	put16(a, (unsigned)kind);
	put16(a, 1);
	put16(a, 0);
	put16(a, 60);
}

static void
put_record(struct answer *a, const struct dns_row *row)
{
	struct answer data = { .len = 0 };
	uint8_t ip[16];

	switch (row->kind) {
	case DNS_A:
		inet_pton(AF_INET, row->data, ip);
		put(&data, ip, 4);
		break;
	case DNS_AAAA:
		inet_pton(AF_INET6, row->data, ip);
		put(&data, ip, 16);
		break;
	case DNS_TXT:
		put_strings(&data, row->data);
		break;
	case DNS_MX:
		put16(&data, 10);
		put_name(&data, row->data);
		break;
	default:
		put_name(&data, row->data);
		break;
	}
	put_head(a, row->name, row->kind);
	put16(a, (unsigned)data.len);
	put(a, data.bytes, data.len);
}

/* An answer that no sane server gives. */
static void
put_garbage(struct answer *a, int kind, const char *name)
{
	const uint8_t pointer[2] = { 0xC0, (uint8_t)a->len };

	switch (kind) {
	case DNS_JUNK:
		a->len = 2;
		for (int i = 0; i < 200; i++)
			put(a, &(uint8_t){ (uint8_t)(i * 37 | 0x80) }, 1);
		return;
	case DNS_CUT:
		return;
	case DNS_POINTER:
		put(a, pointer, 2);
		put(a, "\0\x10\0\1\0\0\0\x3C\0\0", 10);
		return;
	case DNS_LENGTH:
		put_head(a, name, DNS_TXT);
		put16(a, 60000);
		put(a, "\x0Bv=spf1 +all", 12);
		return;
	case DNS_STRING:
		put_head(a, name, DNS_TXT);
		put16(a, 12);
		put(a, "\xFFv=spf1 +all", 12);
		return;
	case DNS_SHORT_A:
		put_head(a, name, DNS_A);
		put16(a, 2);
		put(a, "\1\2", 2);
		return;
	default:
		put_head(a, name, DNS_TXT);
		put16(a, 0);
		return;
	}
}

/* Appends the records; true if the name exists. */
static bool
put_answers(struct dns *d, struct answer *a, const char *name, int kind,
    unsigned *count)
{
	const char *alias = NULL;
	bool exists = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct dns_row *row = &d->rows[i];

		if (strcmp(row->name, name) != 0)
			continue;
		exists = true;
		if (row->kind != kind && row->kind != DNS_CNAME)
			continue;
		put_record(a, row);
		(*count)++;
		if (row->kind == DNS_CNAME && kind != DNS_CNAME)
			alias = row->data;
	}
	if (alias != NULL)
		(void)put_answers(d, a, alias, kind, count);
	return exists;
}

static int
odd_kind(const struct dns *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->rows[i].kind >= DNS_RCODE &&
		    strcmp(d->rows[i].name, name) == 0)
			return d->rows[i].kind;
	return 0;
}

static void
remember(struct dns *d, const char *name)
{
	pthread_mutex_lock(&d->lock);
	memcpy(d->asked[d->asked_n++ % NAMES_MAX], name, strlen(name) + 1);
	pthread_cond_broadcast(&d->came);
	pthread_mutex_unlock(&d->lock);
}

/* The question: its name as text, and where it ends; 0 if it is none. */
static size_t
read_question(const uint8_t *q, size_t len, char name[NAME_TEXT], int *kind)
{
	size_t at = HEADER_BYTES, used = 0;

	while (at < len && q[at] != 0) {
		size_t n = q[at];

		if (n > 63 || at + n + 1 >= len || used + n + 2 > NAME_TEXT)
			return 0;
		if (used > 0)
			name[used++] = '.';
		for (size_t i = 1; i <= n; i++)
			name[used++] = (char)tolower(q[at + i]);
		at += n + 1;
	}
	name[used] = '\0';
	if (at + 5 > len)
		return 0;
	*kind = q[at + 1] << 8 | q[at + 2];
	return at + 5;
}

/* False: no answer is given. */
static bool
reply(struct dns *d, const uint8_t *q, size_t len, bool udp, struct answer *a)
{
	unsigned count = 0, rcode = 0;
	char name[NAME_TEXT];
	int kind, odd;
	size_t end;

	end = len > HEADER_BYTES ? read_question(q, len, name, &kind) : 0;
	if (end == 0)
		return false;
	remember(d, name);
	odd = odd_kind(d, name);
	if (odd == DNS_SILENT)
		return false;
	a->len = 0;
	put(a, q, end);
	if (odd >= DNS_SILENT) {
		count = 1;
		put_garbage(a, odd, name);
	} else if (odd != 0) {
		rcode = (unsigned)(odd - DNS_RCODE);
	} else if (!put_answers(d, a, name, kind, &count)) {
		rcode = 3;
	}
	if (odd == DNS_JUNK)
		return true;
	if (udp && a->len > UDP_BYTES) {
		a->len = end;
		count = 0;
		a->bytes[2] = 0x83; /* a reply, truncated */
	} else {
		a->bytes[2] = 0x81;
	}
	a->bytes[3] = (uint8_t)(0x80 | rcode);
	memcpy(a->bytes + 4, "\0\1\0\0\0\0\0\0", 8);
	a->bytes[7] = (uint8_t)count;
	return true;
}

static void
serve_udp(struct dns *d)
{
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	uint8_t q[UDP_BYTES];
	struct answer a;
	ssize_t n = recvfrom(d->udp, q, sizeof(q), 0, (struct sockaddr *)&from,
	    &from_len);

	if (n > 0 && reply(d, q, (size_t)n, true, &a))
		(void)!sendto(d->udp, a.bytes, a.len, 0,
		    (struct sockaddr *)&from, from_len);
}

static void
serve_tcp(struct dns *d)
{
	const struct timeval patience = { .tv_sec = 5 };
	int fd = accept(d->tcp, NULL, NULL);
	uint8_t q[2 + UDP_BYTES], size[2];
	struct answer a;
	size_t len;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (recv(fd, size, 2, MSG_WAITALL) == 2) {
		len = (size_t)(size[0] << 8 | size[1]);
		if (len <= sizeof(q) &&
		    recv(fd, q, len, MSG_WAITALL) == (ssize_t)len &&
		    reply(d, q, len, false, &a)) {
			size[0] = (uint8_t)(a.len >> 8);
			size[1] = (uint8_t)a.len;
			(void)!send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE);
			(void)!send(fd, a.bytes, a.len, MSG_NOSIGNAL);
		}
	}
	close(fd);
}

static void *
run(void *arg)
{
	struct dns *d = arg;

	for (;;) {
		struct pollfd fds[3] = { { d->udp, POLLIN, 0 },
			{ d->tcp, POLLIN, 0 }, { d->stop[0], POLLIN, 0 } };

		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[2].revents != 0)
			return NULL;
		if (fds[0].revents != 0)
			serve_udp(d);
		if (fds[1].revents != 0)
			serve_tcp(d);
	}
}

static socklen_t
address_of(const char *text, int port, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	struct sockaddr_in *four = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		return sizeof(*four);
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1)
		abort();
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	return sizeof(*six);
}

/* One free port for both; another is tried while TCP has it already. */
static void
listen_on(struct dns *d, const char *text)
{
	struct sockaddr_storage at;
	socklen_t len = address_of(text, 0, &at);

	for (int tries = 0; tries < 100; tries++) {
		d->udp = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		d->tcp = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		(void)address_of(text, 0, &at);
		if (bind(d->udp, (struct sockaddr *)&at, len) != 0 ||
		    getsockname(d->udp, (struct sockaddr *)&at, &len) != 0)
			abort();
		/* The port is at the same place in both forms. */
		d->port = ntohs(((struct sockaddr_in *)&at)->sin_port);
		if (bind(d->tcp, (struct sockaddr *)&at, len) == 0 &&
		    listen(d->tcp, 16) == 0)
			return;
		close(d->udp);
		close(d->tcp);
	}
	abort();
}

struct dns *
dns_start(const char *address, const struct dns_row *rows, size_t n)
{
	struct dns *d = mem_new(1, sizeof(*d));

	d->rows = rows;
	d->n = n;
	listen_on(d, address);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->came, NULL);
	if (pipe(d->stop) != 0 || pthread_create(&d->thread, NULL, run, d) != 0)
		abort();
	return d;
}

void
dns_stop(struct dns *d)
{
	if (write(d->stop[1], "", 1) != 1)
		abort();
	pthread_join(d->thread, NULL);
	close(d->stop[0]);
	close(d->stop[1]);
	close(d->udp);
	close(d->tcp);
	pthread_cond_destroy(&d->came);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

int
dns_port(const struct dns *d)
{
	return d->port;
}

static unsigned
count(const struct dns *d, const char *name)
{
	unsigned n = 0;

	if (name == NULL)
		return d->asked_n;
	for (unsigned i = 0; i < d->asked_n && i < NAMES_MAX; i++)
		n += strcmp(d->asked[i], name) == 0;
	return n;
}

unsigned
dns_asked(struct dns *d, const char *name)
{
	unsigned n;

	pthread_mutex_lock(&d->lock);
	n = count(d, name);
	pthread_mutex_unlock(&d->lock);
	return n;
}

void
dns_wait(struct dns *d, const char *name)
{
	pthread_mutex_lock(&d->lock);
	while (count(d, name) == 0)
		pthread_cond_wait(&d->came, &d->lock);
	pthread_mutex_unlock(&d->lock);
}
