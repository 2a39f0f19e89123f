/*
 * gateway - email-to-SMS gateways: mail to 33612345678@sms.example is a
 * message to that phone. Pure.
 */
#ifndef POLICY_GATEWAY_H
#define POLICY_GATEWAY_H

#include "conf/conf.h"
#include "base/value.h"

/* As it is dialled in phone_region, and with its country code. */
#define GATEWAY_NUMBERS 2

/*
 * The phone numbers that the local part of a recipient may stand for, if its
 * domain is one of sms_gateways; 0: none. Who can't tell which of two is
 * meant asks for both.
 */
size_t gateway_numbers(const struct conf *conf, const struct addr *recipient,
    struct value out[GATEWAY_NUMBERS]);

/*
 * All keys that mail to a recipient is looked up by, most exact first: those
 * of value_walk, then its phone numbers. conf and the recipient are borrowed
 * until the last one.
 */
struct reach {
	const struct conf *conf;
	struct value_walk walk;
	struct value numbers[GATEWAY_NUMBERS];
	size_t numbers_n, taken;
	bool asked; /* for numbers: after all else, since that costs more */
};

void reach_init(struct reach *r, const struct conf *conf,
    const struct addr *recipient);
bool reach_next(struct reach *r, struct value *key);

#endif
