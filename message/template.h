/*
 * template - what a line of a notice looks like, with the place of the
 * address in it: "Failed Recipient: %a". Cheaper than a regular expression
 * and without its surprises: the time is linear in the line.
 *
 *	%a	an address
 *	%o	an address as well: the one that it was before forwarding
 *	%d	the rest of the line
 *	%n	a reply code, 4yz or 5yz
 *	*	anything; once in a template, and again at its end
 *	blank	any white space, or none
 *
 * All else stands for itself, in any case. Blanks round the line, and a full
 * stop, comma or colon at its end, don't count.
 */
#ifndef MESSAGE_TEMPLATE_H
#define MESSAGE_TEMPLATE_H

#include <stdbool.h>

#include "base/span.h"

/* What stood in the places; length 0: nothing, or no such place. */
struct template_found {
	struct span address;
	struct span origin;
	struct span rest;
};

/* True if the whole line is as the template says. */
bool template_match(const char *template, struct span line,
    struct template_found *out);

#endif
