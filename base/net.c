#include "base/net.h"

#include <arpa/inet.h>
#include <string.h>

/* IPv4-mapped IPv6 becomes IPv4. */
static void
unmap(struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };

	if (ip->family != AF_INET6 || memcmp(ip->bytes, mapped, 12) != 0)
		return;
	ip->family = AF_INET;
	memmove(ip->bytes, ip->bytes + 12, 4);
	memset(ip->bytes + 4, 0, 12);
}

bool
ip_parse(struct span s, struct ip *out)
{
	struct ip ip = { 0 };
	char text[IP_TEXT];

	if (s.len >= 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = (struct span){ s.p + 1, s.len - 2 };
	if (span_starts_nocase(s, "IPv6:"))
		s = (struct span){ s.p + 5, s.len - 5 };
	if (!span_copy(s, text, sizeof(text)) || strlen(text) != s.len)
		return false;
	if (inet_pton(AF_INET, text, ip.bytes) == 1)
		ip.family = AF_INET;
	else if (inet_pton(AF_INET6, text, ip.bytes) == 1)
		ip.family = AF_INET6;
	else
		return false;
	unmap(&ip);
	*out = ip;
	return true;
}

bool
ip_from_sockaddr(const struct sockaddr *sa, struct ip *out)
{
	struct ip ip = { .family = sa->sa_family };

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		memcpy(ip.bytes, &in.sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in;

		memcpy(&in, sa, sizeof(in));
		memcpy(ip.bytes, &in.sin6_addr, 16);
	} else {
		return false;
	}
	unmap(&ip);
	*out = ip;
	return true;
}

bool
ip_is_loopback(const struct ip *ip)
{
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (ip->family == AF_INET)
		return ip->bytes[0] == 127;
	return ip->family == AF_INET6 &&
	       memcmp(ip->bytes, loopback6, sizeof(loopback6)) == 0;
}

void
ip_format(const struct ip *ip, char out[IP_TEXT])
{
	if (ip->family == 0 ||
	    inet_ntop(ip->family, ip->bytes, out, IP_TEXT) == NULL)
		out[0] = '\0';
}

bool
network_parse(struct span s, struct network *out, struct error *err)
{
	struct span rest = s, address = { "", 0 };
	unsigned long long prefix;
	struct network net;
	bool slash = span_find(s, '/') < s.len;
	int bits;

	(void)span_cut(&rest, '/', &address);
	if (!ip_parse(address, &net.ip)) {
		error_set(err, ERROR_INVALID,
		    "'%.*s' is no IP address or "
		    "network: write 192.0.2.0/24 or 2001:db8::/32",
		    (int)(s.len < 60 ? s.len : 60), s.p);
		return false;
	}
	bits = net.ip.family == AF_INET ? 32 : 128;
	prefix = (unsigned long long)bits;
	if (slash && !span_number(rest, prefix, &prefix)) {
		error_set(err, ERROR_INVALID,
		    "'%.*s': the prefix length is "
		    "a number from 0 to %d",
		    (int)(s.len < 60 ? s.len : 60), s.p, bits);
		return false;
	}
	net.prefix = (int)prefix;
	*out = net;
	return true;
}

bool
network_has(const struct network *net, const struct ip *ip)
{
	size_t whole = (size_t)net->prefix / 8;
	int rest = net->prefix % 8;
	uint8_t mask = (uint8_t)(0xFF << (8 - rest));

	if (ip->family != net->ip.family ||
	    memcmp(ip->bytes, net->ip.bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       (ip->bytes[whole] & mask) == (net->ip.bytes[whole] & mask);
}
