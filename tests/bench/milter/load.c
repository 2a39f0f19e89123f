/*
 * load - plays the mailer to a milter, over many connections.
 *
 * usage: load SOCKET CONNECTIONS SECONDS RATE rcpt|bounce
 *
 * rcpt: messages of ten recipients, RATE recipients a second in all (0: as
 * fast as it goes). Prints "RECIPIENTS SECONDS P50 P99 P99.9", the last three
 * microseconds from RCPT to its answer.
 *
 * bounce: RATE bounces a second, as Postfix's own bounce(8) would send them,
 * each of another address. Prints "BOUNCES SECONDS 0 0 0".
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

/* The wire protocol of milters, version 6: mfdef.h of Sendmail. */
#define ACTIONS 0x1ff
#define STEPS 0x1fffff

#define RECIPIENTS 10 /* of one message */
#define LATENCIES_MAX (4 * 1000 * 1000)
#define KNOWN 1000000 /* user0@example.net ... are on the list */

struct line {
	int fd;
	unsigned number;
	bool bounces;
	double pause_s; /* between the beginnings of two messages */
	double end_s;
	uint64_t done;
	uint32_t *latency_us;
	size_t latency_n;
	size_t latency_max;
};

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
send_packet(int fd, char command, const char *data, size_t len)
{
	char packet[8192];
	uint32_t size = htonl((uint32_t)len + 1);

	if (len > sizeof(packet) - 5)
		abort();
	memcpy(packet, &size, 4);
	packet[4] = command;
	memcpy(packet + 5, data, len);
	if (write(fd, packet, len + 5) != (ssize_t)len + 5)
		die("write");
}

static size_t
receive(int fd, char *data, size_t size)
{
	uint32_t len;

	if (recv(fd, &len, 4, MSG_WAITALL) != 4)
		die("the milter has closed");
	len = ntohl(len);
	if (len > size || recv(fd, data, len, MSG_WAITALL) != (ssize_t)len)
		die("the milter sends no packet");
	return len;
}

/* Answers but for edits; anything else than "go on" is counted by no one. */
static char
answer(int fd)
{
	char data[8192];

	do
		(void)receive(fd, data, sizeof(data));
	while (strchr("+-2behimpq", data[0]) != NULL);
	return data[0];
}

static void
negotiate(struct line *l)
{
	uint32_t offer[3] = { htonl(6), htonl(ACTIONS), htonl(STEPS) };
	char data[8192];

	send_packet(l->fd, 'O', (const char *)offer, sizeof(offer));
	if (receive(l->fd, data, sizeof(data)) < 13 || data[0] != 'O')
		die("no negotiation");
}

static void
greet(struct line *l)
{
	static const char macros[] = "C{daemon_name}\0ORIGINATING";
	static const char bounce[] = "C{daemon_name}\0BOUNCE";
	static const char client[] = "client.test\0"
				     "4\x61\xc1"
				     "192.0.2.1";
	static const char local[] = "localhost\0U";

	negotiate(l);
	if (l->bounces) {
		send_packet(l->fd, 'D', bounce, sizeof(bounce));
		send_packet(l->fd, 'C', local, sizeof(local) - 1);
	} else {
		send_packet(l->fd, 'D', macros, sizeof(macros));
		send_packet(l->fd, 'C', client, sizeof(client));
	}
	send_packet(l->fd, 'H', "client.test", sizeof("client.test"));
}

/* The microseconds from the question to the answer. */
static void
rcpt(struct line *l, const char *address)
{
	double began = now_s();

	send_packet(l->fd, 'R', address, strlen(address) + 1);
	(void)answer(l->fd);
	if (l->latency_n < l->latency_max)
		l->latency_us[l->latency_n++] =
		    (uint32_t)((now_s() - began) * 1e6);
}

static void
message(struct line *l, unsigned *seed)
{
	char address[64];

	send_packet(l->fd, 'M', "<news@example.com>",
	    sizeof("<news@example.com>"));
	for (int i = 0; i < RECIPIENTS; i++) {
		/* One in fifty is on the list. */
		snprintf(address, sizeof(address), "<user%d@example.net>",
		    (int)((unsigned)rand_r(seed) % (50 * KNOWN)));
		rcpt(l, address);
		l->done++;
	}
	send_packet(l->fd, 'E', "", 0);
	(void)answer(l->fd);
}

static void
header(struct line *l, const char *name, const char *value)
{
	char data[512];
	int len = snprintf(data, sizeof(data), "%s%c%s", name, '\0', value);

	send_packet(l->fd, 'L', data, (size_t)len + 1);
}

static void
bounce(struct line *l)
{
	char body[1024];
	int len;

	send_packet(l->fd, 'M', "<>", sizeof("<>"));
	send_packet(l->fd, 'R', "<bounces@bounces.example.com>",
	    sizeof("<bounces@bounces.example.com>"));
	(void)answer(l->fd);
	header(l, "MIME-Version", "1.0");
	header(l, "Content-Type",
	    "multipart/report; report-type=delivery-status; boundary=b");
	send_packet(l->fd, 'N', "", 0);
	len = snprintf(body, sizeof(body),
	    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; mail.example.com\r\n\r\n"
	    "Final-Recipient: rfc822; gone%u.%llu@example.org\r\n"
	    "Action: failed\r\nStatus: 5.1.1\r\n"
	    "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n",
	    l->number, (unsigned long long)l->done);
	send_packet(l->fd, 'B', body, (size_t)len);
	(void)answer(l->fd);
	send_packet(l->fd, 'E', "", 0);
	if (answer(l->fd) != 'c')
		die("a bounce was not taken");
	l->done++;
}

static void *
run(void *arg)
{
	struct line *l = arg;
	unsigned seed = l->number;
	double next = now_s();

	greet(l);
	while (now_s() < l->end_s) {
		if (l->bounces)
			bounce(l);
		else
			message(l, &seed);
		next += l->pause_s;
		if (l->pause_s > 0 && next > now_s())
			usleep((useconds_t)((next - now_s()) * 1e6));
	}
	send_packet(l->fd, 'Q', "", 0);
	close(l->fd);
	return NULL;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
		die(path);
	return fd;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* per mille from 0 to 999 */
static unsigned
quantile(const uint32_t *sorted, size_t n, size_t per_mille)
{
	return n == 0 ? 0 : sorted[n * per_mille / 1000];
}

static void
report(const struct line *lines, size_t n, double seconds)
{
	uint32_t *all = mem_new(LATENCIES_MAX, sizeof(*all));
	size_t all_n = 0;
	uint64_t done = 0;

	for (size_t i = 0; i < n; i++) {
		memcpy(all + all_n, lines[i].latency_us,
		    lines[i].latency_n * sizeof(*all));
		all_n += lines[i].latency_n;
		done += lines[i].done;
	}
	qsort(all, all_n, sizeof(*all), compare);
	printf("%llu %.3f %u %u %u\n", (unsigned long long)done, seconds,
	    quantile(all, all_n, 500), quantile(all, all_n, 990),
	    quantile(all, all_n, 999));
	free(all);
}

int
main(int argc, char **argv)
{
	struct line *lines;
	pthread_t *threads;
	size_t n;
	double seconds, rate, began = now_s();

	if (argc != 6 || (n = strtoul(argv[2], NULL, 10)) == 0) {
		fprintf(stderr, "usage: load SOCKET CONNECTIONS SECONDS RATE "
				"rcpt|bounce\n");
		return 2;
	}
	seconds = strtod(argv[3], NULL);
	rate = strtod(argv[4], NULL);
	lines = mem_new(n, sizeof(*lines));
	threads = mem_new(n, sizeof(*threads));
	for (size_t i = 0; i < n; i++) {
		struct line *l = &lines[i];
		bool bounces = strcmp(argv[5], "bounce") == 0;

		l->number = (unsigned)(i + (size_t)getpid() * 1000);
		l->bounces = bounces;
		l->fd = connect_to(argv[1]);
		l->end_s = began + seconds;
		if (rate > 0)
			l->pause_s =
			    (double)n * (bounces ? 1 : RECIPIENTS) / rate;
		l->latency_max = LATENCIES_MAX / n;
		l->latency_us = mem_new(l->latency_max, sizeof(uint32_t));
		if (pthread_create(&threads[i], NULL, run, l) != 0)
			die("pthread_create");
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	report(lines, n, now_s() - began);
	for (size_t i = 0; i < n; i++)
		free(lines[i].latency_us);
	free(lines);
	free(threads);
	return 0;
}
