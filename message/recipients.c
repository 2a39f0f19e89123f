#include "message/recipients.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* Arrays double; nearly all reports name one recipient. */
#define FIRST_ROOM 4

/* The room of an array that has n elements and gets one more; 0: as it is. */
static size_t
more_room(size_t n)
{
	if (n == 0)
		return FIRST_ROOM;
	/* It is full at FIRST_ROOM and each doubling of it. */
	if (n % FIRST_ROOM != 0 || (n / FIRST_ROOM & (n / FIRST_ROOM - 1)) != 0)
		return 0;
	return 2 * n;
}

static void
move_claim(struct claim_address *to, const struct claim_address *from)
{
	/* An addr points into itself. */
	if (from->valid)
		addr_copy(&to->addr, &from->addr);
}

static void
move_recipient(struct report_recipient *to, const struct report_recipient *from)
{
	*to = *from;
	move_claim(&to->original, &from->original);
	move_claim(&to->final, &from->final);
	move_claim(&to->actual, &from->actual);
}

static void
grow(struct report *out, size_t room)
{
	struct report_recipient *list = mem_new(room, sizeof(list[0]));

	for (size_t i = 0; i < out->recipients_n; i++)
		move_recipient(&list[i], &out->recipients[i]);
	free(out->recipients);
	out->recipients = list;
}

struct report_recipient *
recipients_add(struct report *out)
{
	size_t n = out->recipients_n, room = more_room(n);

	if (n == LIMIT_REPORT_RECIPIENTS) {
		recipients_note(out, "more recipients than we read");
		return NULL;
	}
	/* A group may have been taken back: then there is room. */
	if (room != 0 && room > out->recipients_room) {
		grow(out, room);
		out->recipients_room = room;
	}
	memset(&out->recipients[n], 0, sizeof(out->recipients[n]));
	out->recipients_n++;
	return &out->recipients[n];
}

void
recipients_keep(struct report *out,
    bool (*keep)(const struct report_recipient *r))
{
	size_t kept = 0;

	for (size_t i = 0; i < out->recipients_n; i++) {
		if (!keep(&out->recipients[i]))
			continue;
		if (i != kept)
			move_recipient(&out->recipients[kept],
			    &out->recipients[i]);
		kept++;
	}
	out->recipients_n = kept;
}

bool
recipients_add_complainer(struct feedback *fb, const struct addr *a)
{
	size_t n = fb->rcpt_to_n, room = more_room(n);
	struct addr *list;

	if (n == LIMIT_REPORT_RECIPIENTS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(fb->rcpt_to[i].text, a->text) == 0)
			return true;
	if (room != 0) {
		list = mem_new(room, sizeof(list[0]));
		for (size_t i = 0; i < n; i++)
			addr_copy(&list[i], &fb->rcpt_to[i]);
		free(fb->rcpt_to);
		fb->rcpt_to = list;
	}
	addr_copy(&fb->rcpt_to[n], a);
	fb->rcpt_to_n++;
	return true;
}

enum report_type
recipients_type(const struct report *r)
{
	enum report_type type = REPORT_NONE;

	for (size_t i = 0; i < r->recipients_n; i++) {
		if (r->recipients[i].action == DSN_FAILED)
			return REPORT_BOUNCE;
		if (r->recipients[i].action == DSN_DELAYED)
			type = REPORT_DELAYED;
	}
	return type;
}

void
recipients_note(struct report *out, const char *text)
{
	if (out->note[0] == '\0')
		(void)span_copy(span_of(text), out->note, sizeof(out->note));
}
