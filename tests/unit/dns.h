/*
 * dns - a name server of a test's own, UDP and TCP on a free port of
 * loopback, in a thread. What it answers is a table.
 */
#ifndef TESTS_UNIT_DNS_H
#define TESTS_UNIT_DNS_H

#include <stddef.h>

/* Kinds of record by their number, RFC 1035 3.2.2 and RFC 3596; then what
 * else a server may do, whatever kind it is asked for. */
enum dns_kind {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_RCODE = 1000, /* + RCODE: answers with that error */
	DNS_SILENT = 2000,
	DNS_JUNK,    /* noise behind the right id */
	DNS_CUT,     /* a header that promises an answer, and no more */
	DNS_POINTER, /* a TXT record whose name points to itself */
	DNS_LENGTH,  /* a TXT record longer than the answer */
	DNS_STRING,  /* a TXT record whose string is longer than it */
	DNS_EMPTY,   /* a TXT record of no bytes */
	DNS_SHORT_A, /* an A record of two bytes */
};

#define DNS_FORMERR (DNS_RCODE + 1)
#define DNS_SERVFAIL (DNS_RCODE + 2)
#define DNS_NOTIMP (DNS_RCODE + 4)
#define DNS_REFUSED (DNS_RCODE + 5)

/*
 * A record: names in lower case. An address as text; a name; the strings of
 * a TXT record with a TAB between them. MX has preference 10. A CNAME is
 * followed once.
 */
struct dns_row {
	const char *name;
	int kind;
	const char *data;
};

struct dns;

/* rows are borrowed until dns_stop(). address: "127.0.0.1" or "::1". */
struct dns *dns_start(const char *address, const struct dns_row *rows,
    size_t n);
void dns_stop(struct dns *d);

int dns_port(const struct dns *d);

/* How many questions have come for the name; NULL: for all of them. */
unsigned dns_asked(struct dns *d, const char *name);

/* Returns when there has been one. */
void dns_wait(struct dns *d, const char *name);

#endif
