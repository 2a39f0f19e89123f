/*
 * Any mail to an address of inbound.unsubscribe is a request, believed or
 * not; and nothing but a token of ours makes it believed.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "message/unsubscribe.h"
#include "policy/optout.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/optout",
	NULL,
};

#define UNSUB "unsub@example.com"

/* Takes mail to UNSUB; made at the first call and never freed. */
static const struct conf *
conf(void)
{
	static struct conf *made;

	if (made != NULL)
		return made;
	made = conf_defaults();
	made->unsubscribe.list = mem_new(1, sizeof(char *));
	made->unsubscribe.list[0] = mem_dup_text(UNSUB);
	made->unsubscribe.n = 1;
	return made;
}

static void
check_read(struct span mail)
{
	struct unsubscribe u;

	unsubscribe_read(mail, &u);
	need(u.to_n <= LIMIT_UNSUBSCRIBE_TO);
	need(memchr(u.subject, '\0', sizeof(u.subject)) != NULL);
	for (size_t i = 0; i < u.to_n; i++)
		need(u.to[i].domain[-1] == '@');
	need(u.from.text[0] == '\0' || u.from.domain[-1] == '@');
}

static void
check_request(struct span mail, const struct addr *to)
{
	const struct arrival arrival = { .helo = "",
		.mail_from = "",
		.recipients = to,
		.recipients_n = to != NULL };
	struct report report = { .type = REPORT_NONE };
	struct request r;

	/* Without a key of ours nothing is proven. */
	if (!optout_mail(conf(), &arrival, &report, mail, &r)) {
		need(to == NULL);
		return;
	}
	need(!r.proven);
	need(strcmp(r.optout.stream, "*") == 0);
	need(r.said != NULL && r.said[0] != '\0');
	need(r.optout.addr.text[0] == '\0' ||
	     r.optout.addr.domain > r.optout.addr.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span mail = { (const char *)data, size };
	struct error ignored;
	struct addr to;

	need(addr_parse(span_of(UNSUB), &to, &ignored));
	check_read(mail);
	check_request(mail, &to);
	check_request(mail, NULL);
	return 0;
}
