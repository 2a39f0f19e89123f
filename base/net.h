/*
 * net - IP addresses and networks. IPv4-mapped IPv6 is IPv4.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/error.h"
#include "base/span.h"

struct ip {
	int family; /* AF_INET, AF_INET6; 0: none */
	uint8_t bytes[16];
};

struct network {
	struct ip ip;
	int prefix; /* bits */
};

#define IP_TEXT 46

/* "192.0.2.1", "2001:db8::1", "[192.0.2.1]", "[IPv6:2001:db8::1]". */
bool ip_parse(struct span s, struct ip *out);
bool ip_from_sockaddr(const struct sockaddr *sa, struct ip *out);

/* 127.0.0.0/8 and ::1: this host speaks to itself. */
bool ip_is_loopback(const struct ip *ip);

void ip_format(const struct ip *ip, char out[IP_TEXT]);

/* "192.0.2.0/24" or a single address. */
bool network_parse(struct span s, struct network *out,
    struct error *err) MUST_CHECK;
bool network_has(const struct network *net, const struct ip *ip);

#endif
