/*
 * contact - people, what they are reached at, and do not contact.
 */
#include "ctl/cmd.h"

#include <string.h>

#include "ctl/contact.h"

static enum exit_status
refuse(const struct ctl *ctl, const char *what)
{
	struct error err;

	error_set(&err, ERROR_INVALID, "%s", what);
	return ctl_fail(ctl, &err);
}

static const struct name verbs[] = {
	{ PEOPLE_ADD, "add" },
	{ PEOPLE_SET, "set" },
	{ PEOPLE_BLOCK, "block" },
	{ PEOPLE_UNBLOCK, "unblock" },
	{ PEOPLE_REMOVE, "remove" },
	{ 0, NULL },
};

enum exit_status
cmd_contact(struct ctl *ctl)
{
	const char *what = ctl->operands[0];
	size_t n = ctl->operands_n;
	int verb;

	if (strcmp(what, "list") == 0)
		return n == 1 ? contact_list_all(ctl)
			      : refuse(ctl, "list takes no names; see find");
	if (strcmp(what, "find") == 0)
		return n == 2 ? contact_find(ctl)
			      : refuse(ctl, "say one value or text to find");
	if (strcmp(what, "show") != 0 &&
	    !names_number(verbs, span_of(what), &verb))
		return refuse(ctl,
		    "say add, set, show, list, block, unblock, remove or find");
	if (n < 2)
		return refuse(ctl, "say the id of the contact");
	if (strcmp(what, "show") == 0)
		return n == 2 ? contact_show(ctl)
			      : refuse(ctl, "show takes one id");
	if (verb == PEOPLE_REMOVE && n > 2)
		return refuse(ctl,
		    "remove takes one id; set --drop takes values out");
	return contact_change(ctl, (enum people_verb)verb);
}
