#include "policy/gateway.h"

#include <stdio.h>
#include <string.h>

/* The local part without its quotes. */
static struct span
local_part(const struct addr *a)
{
	struct span s = addr_local(a);

	if (s.len > 1 && s.p[0] == '"')
		s = (struct span){ s.p + 1, s.len - 2 };
	return s;
}

static size_t
take(const char *number, struct value *out)
{
	value_of(out, KIND_PHONE, number);
	return 1;
}

size_t
gateway_numbers(const struct conf *conf, const struct addr *recipient,
    struct value out[GATEWAY_NUMBERS])
{
	struct span local = local_part(recipient);
	char with_plus[LIMIT_LOCAL_PART_BYTES + 2], number[PHONE_TEXT];
	struct error ignored;
	size_t n = 0;

	if (!conf_has_text(&conf->sms_gateways, recipient->domain))
		return 0;
	if (phone_parse(local, number, &ignored))
		n += take(number, &out[n]);
	if (local.p[0] == '+' || local.len > LIMIT_LOCAL_PART_BYTES)
		return n;
	snprintf(with_plus, sizeof(with_plus), "+%.*s", (int)local.len,
	    local.p);
	if (phone_parse(span_of(with_plus), number, &ignored) &&
	    (n == 0 || strcmp(out[0].text, number) != 0))
		n += take(number, &out[n]);
	return n;
}

/* Member by member: nobody pays for room that he does not use. */
void
reach_init(struct reach *r, const struct conf *conf,
    const struct addr *recipient)
{
	r->conf = conf;
	value_walk_init(&r->walk, recipient);
	r->numbers_n = r->taken = 0;
	r->asked = false;
}

bool
reach_next(struct reach *r, struct value *key)
{
	if (value_walk_next(&r->walk, key))
		return true;
	if (!r->asked)
		r->numbers_n =
		    gateway_numbers(r->conf, r->walk.addr, r->numbers);
	r->asked = true;
	if (r->taken == r->numbers_n)
		return false;
	*key = r->numbers[r->taken++];
	return true;
}
