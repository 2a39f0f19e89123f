#include "db/change.h"

#include <string.h>

#include "base/utf8.h"

/* In the order in which the wire has them. */
const struct change_text change_texts[CHANGE_TEXTS] = {
#define TEXT(name, member)                                                     \
	{                                                                      \
		name, offsetof(struct change, member),                         \
		    sizeof(((struct change *)0)->member)                       \
	}
	TEXT("value", value.text),
	TEXT("shown", value.shown),
	TEXT("stream", stream),
	TEXT("contact", contact),
	TEXT("by", by),
	TEXT("why", why),
	TEXT("report", evidence.report),
	TEXT("class", evidence.class),
	TEXT("status", evidence.status),
	TEXT("rule", evidence.rule),
	TEXT("trust", evidence.trust),
	TEXT("proof", evidence.proof),
	TEXT("ref", evidence.ref),
	TEXT("happened", evidence.happened),
#undef TEXT
};

/* True if there was nothing to replace. */
static bool
clean(char *text)
{
	struct span rest = span_of(text);
	bool was_clean = true;
	uint32_t c;

	while (rest.len > 0) {
		size_t n = utf8_ascii(rest);

		rest.p += n;
		rest.len -= n;
		if (rest.len == 0)
			break;
		n = utf8_next(rest, &c);
		if (c == UTF8_BAD) {
			text[rest.p - text] = '?';
			was_clean = false;
		}
		rest.p += n;
		rest.len -= n;
	}
	return was_clean;
}

bool
change_is_of_contact(enum change_op op)
{
	return op == CHANGE_CREATE || op == CHANGE_RENAME ||
	       op == CHANGE_BLOCK || op == CHANGE_UNBLOCK ||
	       op == CHANGE_FORGET;
}

void
change_contact(struct value *out, const char *id, const char *name)
{
	value_of(out, KIND_CONTACT, id);
	if (name != NULL)
		(void)span_copy(span_of(name), out->shown, sizeof(out->shown));
}

bool
change_contact_id(struct span id, struct error *err)
{
	bool ok = id.len > 0 && id.len < LIMIT_CONTACT_TEXT;

	for (size_t i = 0; ok && i < id.len; i++) {
		char c = id.p[i];

		ok = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		     (c >= 'a' && c <= 'z') ||
		     (c != '\0' && strchr("._:-", c) != NULL);
	}
	if (!ok)
		error_set(err, ERROR_INVALID,
		    "'%.*s' is no contact's id: 1 to %d letters, digits "
		    "and . _ : -",
		    (int)(id.len < 60 ? id.len : 60), id.p,
		    LIMIT_CONTACT_TEXT - 1);
	return ok;
}

static bool
check_name(const char *name, struct error *err)
{
	size_t len = strlen(name);
	bool ok = len > 0 && len < LIMIT_CONTACT_NAME_TEXT;

	for (size_t i = 0; ok && i < len; i++)
		ok = (unsigned char)name[i] >= ' ' && name[i] != 0x7F;
	if (!ok)
		error_set(err, ERROR_INVALID,
		    "a contact's name is 1 to %d bytes without control "
		    "characters",
		    LIMIT_CONTACT_NAME_TEXT - 1);
	return ok;
}

/* Contacts where there have to be some, and only there. */
static bool
check_contact(const struct change *c, struct error *err)
{
	bool whole = change_is_of_contact(c->op);

	if (whole != (c->value.kind == KIND_CONTACT)) {
		error_set(err, ERROR_INVALID, "%.150s is %s contact",
		    c->value.text, whole ? "no" : "a");
		return false;
	}
	if (whole)
		return change_contact_id(span_of(c->value.text), err) &&
		       check_name(c->value.shown, err);
	if (c->contact[0] == '\0' && c->op != CHANGE_LINK &&
	    c->op != CHANGE_UNLINK)
		return true;
	return change_contact_id(span_of(c->contact), err);
}

bool
change_clean(struct change *c, struct error *err)
{
	if (!clean(c->value.text)) {
		error_set(err, ERROR_INVALID, "%.150s: no UTF-8",
		    c->value.text);
		return false;
	}
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		(void)clean((char *)c + change_texts[i].offset);
	if ((c->op == CHANGE_ADD || c->op == CHANGE_BLOCK) && c->source == 0) {
		error_set(err, ERROR_INVALID, "%.150s: a reason has a source",
		    c->value.text);
		return false;
	}
	return check_contact(c, err);
}
