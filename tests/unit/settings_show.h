/*
 * settings_show - what a setting is now, as text: "[a, b]" for a list. Tests
 * compare configurations by it, row by row.
 */
#ifndef TESTS_UNIT_SETTINGS_SHOW_H
#define TESTS_UNIT_SETTINGS_SHOW_H

#include <inttypes.h>
#include <string.h>

#include "conf/settings.h"

static inline void
show_element(const struct setting_row *row, const void *from, size_t i,
    struct buf *out)
{
	char ip[IP_TEXT];

	if (i > 0)
		buf_add_text(out, ", ");
	if (row->type == SETTING_MATCHES) {
		const struct conf_matches *m = from;

		buf_add_text(out, match_text(m->list[i]));
	} else if (row->type == SETTING_NETWORKS) {
		const struct conf_networks *n = from;

		ip_format(&n->list[i].ip, ip);
		buf_addf(out, "%s/%d", ip, n->list[i].prefix);
	} else {
		const struct conf_texts *t = from;

		buf_add_text(out, t->list[i]);
	}
}

static inline void
show_list(const struct setting_row *row, const void *from, struct buf *out)
{
	size_t n = row->type == SETTING_MATCHES
		       ? ((const struct conf_matches *)from)->n
		   : row->type == SETTING_NETWORKS
		       ? ((const struct conf_networks *)from)->n
		       : ((const struct conf_texts *)from)->n;

	buf_add_char(out, '[');
	for (size_t i = 0; i < n; i++)
		show_element(row, from, i, out);
	buf_add_char(out, ']');
}

/* base is the struct that row's offset goes into. */
static inline void
setting_show(const struct setting_row *row, const void *base, struct buf *out)
{
	const void *from = (const char *)base + row->offset;
	char *text;

	switch (row->type) {
	case SETTING_BOOL:
		buf_add_text(out, *(const bool *)from ? "true" : "false");
		break;
	case SETTING_WORD:
		buf_add_text(out, names_text(row->names, *(const int *)from));
		break;
	case SETTING_NUMBER:
		buf_addf(out, "%" PRId64, *(const int64_t *)from);
		break;
	case SETTING_INT:
		buf_addf(out, "%d", *(const int *)from);
		break;
	case SETTING_WORDS:
		buf_addf(out, "0x%02X", *(const unsigned *)from);
		break;
	case SETTING_NAME:
	case SETTING_REPLY:
		memcpy(&text, from, sizeof(text));
		buf_add_text(out, text != NULL ? text : "(none)");
		break;
	case SETTING_PATH:
	case SETTING_SOCKET:
	case SETTING_IP:
	case SETTING_STATUS:
	case SETTING_KEY_ID:
	case SETTING_USER:
	case SETTING_ADDRESS:
	case SETTING_HTTPS:
	case SETTING_URL:
	case SETTING_REGION:
		buf_add_text(out, from);
		break;
	default:
		show_list(row, from, out);
	}
}

#endif
