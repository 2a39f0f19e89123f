/*
 * spf_child - libspf2 in a process of its own. Debian 12's copy lacks a fix
 * of 2023 (CVE-2023-42118): what it reads comes from strangers, so it gets
 * no privileges, no files (spf_sandbox.h) and no second chance.
 */
#include "policy/spf.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spf2/spf.h>

#include "policy/spf_sandbox.h"
#include "policy/spf_wire.h"

/* Then the next child takes over: this one's memory and time are bounded. */
#define CHECKS_MAX 1000
#define DNS_ANSWER_BYTES 65536
/* No more records of one answer than this are looked at. */
#define RECORDS_MAX 100
/* RFC 7208 4.6.4: the first record, and ten terms that ask the DNS. */
#define TERMS_MAX 11
/* The same: hosts of one MX or PTR answer, which are no terms. */
#define HOSTS_MAX 10

/* libspf2's results in ours. What it calls invalid is decided by its error
 * code: a failing DNS is temporary, anything else is the record's fault. */
static const struct {
	SPF_result_t theirs;
	enum spf_result ours;
} results[] = {
	{ SPF_RESULT_NEUTRAL, SPF_NEUTRAL },
	{ SPF_RESULT_PASS, SPF_PASS },
	{ SPF_RESULT_FAIL, SPF_FAIL },
	{ SPF_RESULT_SOFTFAIL, SPF_SOFTFAIL },
	{ SPF_RESULT_NONE, SPF_NONE },
	{ SPF_RESULT_TEMPERROR, SPF_TEMPERROR },
	{ SPF_RESULT_PERMERROR, SPF_PERMERROR },
};

static enum spf_result
normalise(SPF_result_t result, SPF_errcode_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		if (results[i].theirs == result)
			return results[i].ours;
	return code == SPF_E_DNS_ERROR || code == SPF_E_NO_MEMORY
		   ? SPF_TEMPERROR
		   : SPF_PERMERROR;
}

/* The layer below libspf2: our server, port and time-out. */

static bool
put(SPF_dns_rr_t *rr, const void *bytes, size_t len)
{
	int at = rr->num_rr;

	if (SPF_dns_rr_buf_realloc(rr, at, len) != SPF_E_SUCCESS)
		return false;
	memcpy(rr->rr[at], bytes, len);
	rr->num_rr++;
	return true;
}

/* A name in a record, as text. */
static bool
put_name(SPF_dns_rr_t *rr, const ns_msg *msg, const u_char *at)
{
	char name[NS_MAXDNAME];

	return ns_name_uncompress(ns_msg_base(*msg), ns_msg_end(*msg), at, name,
		   sizeof(name)) >= 0 &&
	       put(rr, name, strlen(name) + 1);
}

/* The strings of a TXT record, joined (RFC 7208, 3.3). */
static bool
put_txt(SPF_dns_rr_t *rr, const u_char *at, size_t len)
{
	char text[DNS_ANSWER_BYTES];
	size_t used = 0;

	while (len > 0) {
		size_t n = *at;

		if (n + 1 > len)
			return false;
		memcpy(text + used, at + 1, n);
		used += n;
		at += n + 1;
		len -= n + 1;
	}
	text[used] = '\0';
	return put(rr, text, used + 1);
}

static bool
put_record(SPF_dns_rr_t *rr, const ns_msg *msg, const ns_rr *record)
{
	const u_char *data = ns_rr_rdata(*record);
	size_t len = ns_rr_rdlen(*record);

	switch (ns_rr_type(*record)) {
	case ns_t_a:
		return len == 4 && put(rr, data, len);
	case ns_t_aaaa:
		return len == 16 && put(rr, data, len);
	case ns_t_txt:
		return put_txt(rr, data, len);
	case ns_t_mx:
		return len > 2 && put_name(rr, msg, data + 2);
	case ns_t_ptr:
		return put_name(rr, msg, data);
	default:
		return true;
	}
}

static void
put_records(SPF_dns_rr_t *rr, const u_char *answer, int len, ns_type type)
{
	ns_msg msg;
	ns_rr record;

	rr->herrno = TRY_AGAIN;
	if (ns_initparse(answer, len, &msg) != 0)
		return;
	for (int i = 0; i < ns_msg_count(msg, ns_s_an) && i < RECORDS_MAX;
	     i++) {
		if (ns_parserr(&msg, ns_s_an, i, &record) != 0)
			return;
		/* An alias is followed by the server. */
		if (ns_rr_type(record) == type &&
		    !put_record(rr, &msg, &record))
			return;
	}
	rr->herrno = rr->num_rr > 0 ? NETDB_SUCCESS : NO_DATA;
}

/*
 * One check. We count its terms ourselves: libspf2 begins again in each
 * included record, so that a tree of them never ends, and lets an eleventh
 * term of one record through.
 */
struct check {
	struct __res_state *state;
	int terms;
	char hosts[HOSTS_MAX][NS_MAXDNAME]; /* of the last MX or PTR */
	int hosts_n;
};

static bool
is_host(const struct check *check, const char *domain)
{
	for (int i = 0; i < check->hosts_n; i++)
		if (strcasecmp(check->hosts[i], domain) == 0)
			return true;
	return false;
}

static bool
too_many(struct check *check, const char *domain, ns_type type)
{
	bool address = type == ns_t_a || type == ns_t_aaaa;

	if (!address || !is_host(check, domain))
		check->terms++;
	return check->terms > TERMS_MAX;
}

static void
keep_hosts(struct check *check, const SPF_dns_rr_t *rr, ns_type type)
{
	if (type != ns_t_mx && type != ns_t_ptr)
		return;
	check->hosts_n = 0;
	for (int i = 0; i < rr->num_rr && i < HOSTS_MAX; i++)
		(void)span_copy(span_of(rr->rr[i]->mx),
		    check->hosts[check->hosts_n++], NS_MAXDNAME);
}

/* Whether there is no answer or no right one: only "there is no such name"
 * and "no such record" are answers (RFC 7208 4.4, 5). */
static void
ask_dns(struct check *check, const char *domain, ns_type type, SPF_dns_rr_t *rr)
{
	static u_char answer[DNS_ANSWER_BYTES];
	int len = res_nquery(check->state, domain, ns_c_in, (int)type, answer,
	    sizeof(answer));

	if (len >= 0)
		put_records(rr, answer, len, type);
	else if (check->state->res_h_errno == HOST_NOT_FOUND ||
		 check->state->res_h_errno == NO_DATA)
		rr->herrno = check->state->res_h_errno;
	else
		rr->herrno = TRY_AGAIN;
}

static SPF_dns_rr_t *
lookup(SPF_dns_server_t *server, const char *domain, ns_type type,
    int should_cache)
{
	struct check *check = server->hook;
	SPF_dns_rr_t *rr =
	    SPF_dns_rr_new_init(server, domain, type, 0, NETDB_SUCCESS);

	(void)should_cache;
	if (rr == NULL)
		return NULL;
	/* RFC 7208 3.1: SPF has no record type of its own any more. */
	if (type == ns_t_spf)
		rr->herrno = NO_DATA;
	else if (too_many(check, domain, type))
		rr->herrno = TRY_AGAIN;
	else
		ask_dns(check, domain, type, rr);
	keep_hosts(check, rr, type);
	return rr;
}

/* glibc keeps IPv6 servers beside the list: an entry without a family. */
static void
aim_ipv6(const struct ip *ip, int port, struct __res_state *state)
{
	static struct sockaddr_in6 to;

	to = (struct sockaddr_in6){ .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };
	memcpy(&to.sin6_addr, ip->bytes, sizeof(to.sin6_addr));
	state->nsaddr_list[0].sin_family = 0;
	state->_u._ext.nsaddrs[0] = &to;
}

static void
aim(const struct spf_question *q, struct __res_state *state)
{
	struct ip ip;

	if (q->server[0] != '\0' && ip_parse(span_of(q->server), &ip)) {
		state->nscount = 1;
		state->nsaddr_list[0] = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)q->port),
		};
		memcpy(&state->nsaddr_list[0].sin_addr, ip.bytes, 4);
		if (ip.family == AF_INET6)
			aim_ipv6(&ip, q->port, state);
	}
	state->retrans = q->timeout_s > 4 ? q->timeout_s / 4 : 1;
	state->retry = 2;
}

static bool
set_client(SPF_request_t *request, const struct ip *client)
{
	struct in6_addr six;
	struct in_addr four;

	if (client->family == AF_INET) {
		memcpy(&four, client->bytes, sizeof(four));
		return SPF_request_set_ipv4(request, four) == SPF_E_SUCCESS;
	}
	memcpy(&six, client->bytes, sizeof(six));
	return SPF_request_set_ipv6(request, six) == SPF_E_SUCCESS;
}

static enum spf_result
query(SPF_server_t *server, const struct spf_question *q)
{
	SPF_request_t *request = SPF_request_new(server);
	SPF_response_t *response = NULL;
	enum spf_result result = SPF_TEMPERROR;
	SPF_errcode_t code;

	if (request == NULL)
		return result;
	/* "<>" or an empty sender is left unset: libspf2 takes the HELO. */
	if (set_client(request, &q->client) &&
	    (q->helo[0] == '\0' ||
		SPF_request_set_helo_dom(request, q->helo) == SPF_E_SUCCESS) &&
	    (q->mail_from[0] == '\0' ||
		SPF_request_set_env_from(request, q->mail_from) == 0)) {
		/* The response has no error code when the DNS failed. */
		code = SPF_request_query_mailfrom(request, &response);
		result =
		    normalise(response != NULL ? SPF_response_result(response)
					       : SPF_RESULT_INVALID,
			code);
	}
	if (response != NULL)
		SPF_response_free(response);
	SPF_request_free(request);
	return result;
}

static enum spf_result
answer_one(const struct spf_question *q, struct __res_state *state)
{
	struct check check = { .state = state };
	SPF_dns_server_t layer = { .lookup = lookup,
		.name = "suppressd",
		.hook = &check };
	SPF_server_t *server;
	enum spf_result result;

	aim(q, state);
	server = SPF_server_new_dns(&layer, 0);
	if (server == NULL)
		return SPF_TEMPERROR;
	result = query(server, q);
	SPF_server_free(server);
	if (result == SPF_TEMPERROR && check.terms > TERMS_MAX)
		return SPF_PERMERROR;
	return result;
}

int
spf_child_main(void)
{
	static struct __res_state state;
	struct spf_question q;

	/* resolv.conf(5) is read while files can be. */
	if (res_ninit(&state) != 0 || !spf_sandbox())
		return EXIT_FAILURE;
	/* Without a parent there is nothing to read. */
	for (int n = 1; n <= CHECKS_MAX; n++) {
		struct spf_answer answer = { .last = n == CHECKS_MAX };

		if (read(SPF_CHILD_FD, &q, sizeof(q)) != (ssize_t)sizeof(q))
			return EXIT_SUCCESS;
		answer.result = (int)answer_one(&q, &state);

		if (write(SPF_CHILD_FD, &answer, sizeof(answer)) !=
		    (ssize_t)sizeof(answer))
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
