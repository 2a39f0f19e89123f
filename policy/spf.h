/*
 * spf - asks the SPF child (RFC 7208) whether a client may speak for a
 * domain. libspf2 lives only in that child (spf_child.c): no privileges, no
 * files, bounded memory and time, one socket to us (spf_sandbox.h). A crash
 * or a hang of it is SPF_TEMPERROR, and it is started again. Thread safe.
 */
#ifndef POLICY_SPF_H
#define POLICY_SPF_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/domain.h"
#include "base/error.h"
#include "base/names.h"
#include "base/net.h"

enum spf_result {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_PERMERROR,
	SPF_TEMPERROR
};
extern const struct name spf_result_names[];

struct spf;

struct spf_settings {
	char server[IP_TEXT]; /* DNS server; "": from resolv.conf(5) */
	int port;             /* 0: 53 */
	int timeout_s;        /* for one whole check */
	const char *program;  /* what to run as the child, "/proc/self/exe";
				 it calls spf_child_main() when its first
				 argument is SPF_CHILD_ARGUMENT */
};

#define SPF_CHILD_ARGUMENT "--spf-child"

/* Starts the child. One check at a time; further ones wait their turn. */
struct spf *spf_open(const struct spf_settings *settings,
    struct error *err) MUST_CHECK;
void spf_close(struct spf *s);

/*
 * The name that spf_check() would check, canonical. False: none can be; then
 * it is "". Asks nobody.
 */
bool spf_domain(const char *helo, const char *mail_from,
    char domain[DOMAIN_TEXT]);

/*
 * mail_from "" checks the HELO name (RFC 7208, 2.4). domain gets the name
 * that was checked, canonical; "" if none could be.
 */
enum spf_result spf_check(struct spf *s, const struct ip *client,
    const char *helo, const char *mail_from, char domain[DOMAIN_TEXT]);

/* The child's main: never returns to the program's own. */
int spf_child_main(void);

#endif
