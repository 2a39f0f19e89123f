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

#endif
