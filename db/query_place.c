/*
 * query_place - where a row stands in a sorted list or in a history, as numbers
 * and as text.
 */
#include "db/query_impl.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

const struct name sort_names[] = {
	{ SORT_VALUE, "value" },
	{ SORT_SINCE, "since" },
	{ SORT_SEEN, "seen" },
	{ SORT_EXPIRES, "expires" },
	{ SORT_COUNT, "count" },
	{ SORT_SOURCE, "source" },
	{ SORT_STREAM, "stream" },
	{ SORT_BY, "by" },
	{ 0, NULL },
};

bool
sort_is_text(enum sort sort)
{
	return sort == SORT_VALUE || sort == SORT_STREAM || sort == SORT_BY;
}

/* Never is later than any time. */
static int64_t
end_of(int64_t expires)
{
	return expires != 0 ? expires : INT64_MAX;
}

int64_t
sort_number(enum sort sort, const struct reason *r)
{
	switch (sort) {
	case SORT_SINCE:
		return r->since;
	case SORT_SEEN:
		return r->last_seen;
	case SORT_EXPIRES:
		return end_of(r->expires);
	case SORT_COUNT:
		return r->count;
	case SORT_SOURCE:
		return r->source;
	default:
		return 0;
	}
}

void
sort_key(enum sort sort, const struct reason_row *row, struct sort_key *key)
{
	const char *text = NULL;

	if (sort == SORT_VALUE)
		text = row->value.text;
	else if (sort == SORT_STREAM)
		text = row->last->stream;
	else if (sort == SORT_BY)
		text = row->first->by;
	key->text = (char *)(uintptr_t)text;
	key->number = sort_number(sort, row->reason);
}

bool
query_read_sort(const char *text, struct filter *f, struct error *err)
{
	bool down = text[0] == '-';
	int number;

	if (!names_read(sort_names, text + down, &number, err))
		return false;
	f->sort = (enum sort)number;
	f->descending = down;
	return true;
}

void
query_place(const struct filter *f, const struct reason_row *row,
    char out[QUERY_PLACE_TEXT])
{
	const struct reason *r = row->reason;
	char word[LIMIT_VALUE_TEXT] = "";
	struct sort_key key;

	if (f->sort == 0 || f->sort == SORT_VALUE) {
		snprintf(out, QUERY_PLACE_TEXT, "%s", row->value.text);
		return;
	}
	sort_key(f->sort, row, &key);
	if (key.text != NULL)
		snprintf(word, sizeof(word), "%s", key.text);
	else if (f->sort == SORT_SOURCE)
		snprintf(word, sizeof(word), "%s",
		    names_text(source_names, (int)r->source));
	else if (f->sort == SORT_COUNT)
		snprintf(word, sizeof(word), "%" PRIu32, r->count);
	else if (key.number != INT64_MAX)
		clock_format(key.number, word);
	snprintf(out, QUERY_PLACE_TEXT, "%s,%s", word, row->value.text);
}

/* Back from a place's word; a text is borrowed. */
static bool
read_word(enum sort sort, char *word, struct sort_key *key)
{
	struct error ignored;
	unsigned long long n;
	int number;

	if (sort_is_text(sort)) {
		key->text = word;
		return true;
	}
	if (sort == SORT_SOURCE) {
		if (!names_number(source_names, span_of(word), &number))
			return false;
		key->number = number;
		return true;
	}
	if (sort == SORT_COUNT) {
		if (!span_number(span_of(word), UINT32_MAX, &n))
			return false;
		key->number = (int64_t)n;
		return true;
	}
	if (sort == SORT_EXPIRES && word[0] == '\0')
		key->number = INT64_MAX;
	return key->number != 0 ||
	       clock_parse(span_of(word), &key->number, &ignored);
}

bool
sort_read_place(struct listing *l, char place[QUERY_PLACE_TEXT],
    struct sort_key *key)
{
	enum sort sort = l->filter->sort;
	char *comma = place;
	struct error ignored;
	struct value v;

	memcpy(place, l->filter->after, QUERY_PLACE_TEXT);
	if (sort == SORT_VALUE) {
		if (!value_parse(span_of(place), &v, &ignored))
			return false;
		memcpy(place, v.text, sizeof(v.text));
	} else {
		do
			comma = strchr(comma, ',');
		while (comma != NULL &&
		       !value_parse(span_of(++comma), &v, &ignored));
		if (comma == NULL)
			return false;
		comma[-1] = '\0';
	}
	store_hash(l->st, &v, key->hash);
	return read_word(sort, place, key);
}

/* Three numbers: which events and which refusals are next. */
void
query_history_place(const struct history_place *place,
    char out[QUERY_PLACE_TEXT])
{
	snprintf(out, QUERY_PLACE_TEXT, "%" PRIu64 ".%" PRId64 ".%" PRIu64,
	    place->event, place->refusals.day, place->refusals.offset);
}

bool
history_read_place(const struct value *v, const struct filter *f,
    struct history_place *place, struct error *err)
{
	struct span rest = span_of(f->after), one;
	unsigned long long numbers[3];
	size_t n = 0;

	if (f->after[0] == '\0') {
		*place = (struct history_place){ 0 };
		if (history_goes_back(v, f))
			*place = (struct history_place){ INT64_MAX,
				{ INT64_MAX, INT64_MAX } };
		return true;
	}
	while (n < ARRAY_LEN(numbers) && span_cut(&rest, '.', &one) &&
	       span_number(one, INT64_MAX, &numbers[n]))
		n++;
	if (n == ARRAY_LEN(numbers) && rest.len == 0) {
		*place = (struct history_place){ numbers[0],
			{ (int64_t)numbers[1], numbers[2] } };
		return true;
	}
	error_set(err, ERROR_INVALID, "after: '%.60s' is no place in a history",
	    f->after);
	return false;
}
