#include "conf/conf.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "conf/settings.h"

/* Where in the file we are, for error texts. */
struct place {
	const char *path;
	const char *setting; /* "streams[1].action" */
	unsigned line;
};

/* Puts "FILE:LINE: SETTING: " before err's text. */
static bool
at(const struct place *place, struct error *err)
{
	error_prefix(err, "%.120s:%u: %s", place->path, place->line,
	    place->setting);
	return false;
}

static bool
unknown(const struct place *place, struct error *err)
{
	error_set(err, ERROR_INVALID,
	    "there is no such setting; suppressd.conf(5) lists them");
	return at(place, err);
}

/* What stands in the file, in our words; given->texts is heap. */
static void
given_of(const config_setting_t *s, struct given *given)
{
	int n = config_setting_length(s);

	*given = (struct given){ .type = GIVEN_OTHER };
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		given->type = GIVEN_TEXT;
		given->text = config_setting_get_string(s);
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		given->type = GIVEN_NUMBER;
		given->number = config_setting_get_int64(s);
		break;
	case CONFIG_TYPE_BOOL:
		given->type = GIVEN_BOOL;
		given->number = config_setting_get_bool(s);
		break;
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		given->type = GIVEN_TEXTS;
		given->texts = mem_new((size_t)n, sizeof(char *));
		for (int i = 0; i < n; i++)
			given->texts[given->n++] =
			    config_setting_get_string_elem(s, i);
		break;
	default:
		break;
	}
	for (size_t i = 0; i < given->n; i++)
		if (given->texts[i] == NULL)
			given->type = GIVEN_OTHER;
}

static bool
take(const struct place *place, const struct setting_row *row,
    const config_setting_t *s, void *base, struct error *err)
{
	struct given given;
	bool ok;

	given_of(s, &given);
	ok = setting_take(row, &given, base, err);
	free(given.texts);
	return ok || at(place, err);
}

static const struct setting_row *
find_row(const struct setting_row *rows, const char *group, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->group, group) == 0 &&
		    strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

/*
 * Takes every member of a group. group is its name in the rows; shown is how
 * it reads in error texts, with its dot.
 */
static bool
take_group(const char *path, const struct setting_row *rows, const char *group,
    const char *shown, const config_setting_t *s, void *base, struct error *err)
{
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *one =
		    config_setting_get_elem(s, (unsigned)i);
		const struct setting_row *row =
		    find_row(rows, group, config_setting_name(one));
		char name[128];
		const struct place place = { path, name,
			config_setting_source_line(one) };

		snprintf(name, sizeof(name), "%s%s", shown,
		    config_setting_name(one));
		if (row == NULL)
			return unknown(&place, err);
		if (!take(&place, row, one, base, err))
			return false;
	}
	return true;
}

static bool
wants(const struct place *place, const char *what, struct error *err)
{
	error_set(err, ERROR_INVALID, "%s", what);
	return at(place, err);
}

static bool
check_stream(const struct place *place, const struct conf *c, struct error *err)
{
	const struct conf_stream *last = &c->streams[c->streams_n - 1];

	if (last->name == NULL)
		return wants(place, "a stream wants a name", err);
	if (strcmp(last->name, "*") == 0)
		return wants(place,
		    "\"*\" means all streams; choose another "
		    "name",
		    err);
	if (strcmp(last->name, CONF_DEFAULT_STREAM) == 0 &&
	    conf_stream_has_condition(last))
		return wants(place,
		    "\"default\" is the stream of what no other one takes; "
		    "choose another name",
		    err);
	if (conf_stream_named(c, last->name) != last)
		return wants(place, "two streams have this name", err);
	for (size_t i = 0; i + 1 < c->streams_n; i++)
		if (!conf_stream_has_condition(&c->streams[i]))
			return wants(place,
			    "a stream before this one has no "
			    "condition and takes all mail",
			    err);
	return true;
}

static bool
take_streams(const char *path, const config_setting_t *s, struct conf *c,
    struct error *err)
{
	struct place place = { path, SETTINGS_STREAMS,
		config_setting_source_line(s) };

	if (config_setting_type(s) != CONFIG_TYPE_LIST)
		return wants(&place,
		    "wants a list of groups: ( { name = "
		    "\"news\"; }, ... )",
		    err);
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *one =
		    config_setting_get_elem(s, (unsigned)i);
		char shown[32];

		snprintf(shown, sizeof(shown), SETTINGS_STREAMS "[%d].", i);
		place.line = config_setting_source_line(one);
		if (config_setting_type(one) != CONFIG_TYPE_GROUP)
			return wants(&place,
			    "wants groups: { name = \"news\"; "
			    "... }",
			    err);
		c->streams = mem_resize(c->streams, c->streams_n + 1,
		    sizeof(*c->streams));
		c->streams[c->streams_n++] =
		    (struct conf_stream){ .blocks = SETTINGS_EVERY_SOURCE };
		if (!take_group(path, stream_rows, "", shown, one,
			&c->streams[c->streams_n - 1], err))
			return false;
		snprintf(shown, sizeof(shown), SETTINGS_STREAMS "[%d]", i);
		place.setting = shown;
		if (!check_stream(&place, c, err))
			return false;
		place.setting = SETTINGS_STREAMS;
	}
	return true;
}

/* RFC 5321 4.2 and 4.2.1; RFC 3463 2: the classes are the same. */
static bool
check_reply(const struct place *place, const struct conf_reply *reply,
    struct error *err)
{
	if (reply->code / 100 != reply->status[0] - '0')
		return wants(place,
		    "code and status differ in their first digit; the mail "
		    "system would refuse to send them",
		    err);
	if (reply->code / 10 % 10 > 5)
		return wants(place,
		    "the second digit of a code is 0 to 5; write 550", err);
	if (reply->code % 100 == 21)
		return wants(place,
		    "421 and 521 end the connection, and other recipients "
		    "with it; write 450 or 550",
		    err);
	return true;
}

static bool
take_reply(const char *path, const config_setting_t *s, struct conf *c,
    struct error *err)
{
	char shown[64], members[80];
	const struct place place = { path, shown,
		config_setting_source_line(s) };
	struct conf_reply *reply;
	int source;

	snprintf(shown, sizeof(shown), SETTINGS_REPLIES ".%.30s",
	    config_setting_name(s));
	if (!names_number(conf_source_names, span_of(config_setting_name(s)),
		&source))
		return wants(&place,
		    "is no source; it is user, api, lead, "
		    "bounced or abuse",
		    err);
	if (config_setting_type(s) != CONFIG_TYPE_GROUP)
		return wants(&place,
		    "wants a group: { code = 550; status = "
		    "\"5.7.1\"; text = \"...\"; }",
		    err);
	snprintf(members, sizeof(members), "%s.", shown);
	reply = &c->replies[source];
	return take_group(path, reply_rows, "", members, s, reply, err) &&
	       check_reply(&place, reply, err);
}

static bool
take_replies(const char *path, const config_setting_t *s, struct conf *c,
    struct error *err)
{
	const struct place place = { path, SETTINGS_REPLIES,
		config_setting_source_line(s) };

	if (config_setting_type(s) != CONFIG_TYPE_GROUP)
		return wants(&place, "wants a group: { bounced = { ... }; }",
		    err);
	for (int i = 0; i < config_setting_length(s); i++)
		if (!take_reply(path, config_setting_get_elem(s, (unsigned)i),
			c, err))
			return false;
	return true;
}

static bool
is_group(const char *name)
{
	for (const struct setting_row *r = conf_rows; r->name != NULL; r++)
		if (r->group[0] != '\0' && strcmp(r->group, name) == 0)
			return true;
	return false;
}

static bool
take_top(const char *path, const config_setting_t *s, struct conf *c,
    struct error *err)
{
	const char *name = config_setting_name(s);
	const struct setting_row *row = find_row(conf_rows, "", name);
	const struct place place = { path, name,
		config_setting_source_line(s) };
	char shown[64];

	if (strcmp(name, SETTINGS_STREAMS) == 0)
		return take_streams(path, s, c, err);
	if (strcmp(name, SETTINGS_REPLIES) == 0)
		return take_replies(path, s, c, err);
	if (row != NULL)
		return take(&place, row, s, c, err);
	if (!is_group(name))
		return unknown(&place, err);
	if (config_setting_type(s) != CONFIG_TYPE_GROUP)
		return wants(&place, "wants a group: { ... }", err);
	snprintf(shown, sizeof(shown), "%s.", name);
	return take_group(path, conf_rows, name, shown, s, c, err);
}

static unsigned
line_of(const config_t *file, const char *setting)
{
	const char *list = strchr(setting, '[');
	size_t name = list != NULL ? (size_t)(list - setting) : 0;
	const config_setting_t *s;
	char path[CONF_FAULT_TEXT + 1];

	/* libconfig's paths have a dot more: "streams.[1].cfbl" */
	snprintf(path, sizeof(path), "%.*s%s%s", (int)name, setting,
	    name > 0 ? "." : "", setting + name);
	s = config_lookup(file, path);
	return s != NULL ? config_setting_source_line(s) : 0;
}

static bool
take_all(const char *path, const config_t *file, struct conf *c,
    struct error *err)
{
	char setting[CONF_FAULT_TEXT];
	struct place place = { path, setting, 0 };
	const config_setting_t *root = config_root_setting(file);
	const char *fault;

	for (unsigned i = 0; i < (unsigned)config_setting_length(root); i++)
		if (!take_top(path, config_setting_get_elem(root, i), c, err))
			return false;
	fault = conf_fault(c, setting);
	if (fault != NULL) {
		place.line = line_of(file, setting);
		return wants(&place, fault, err);
	}
	if (c->rules_path[0] != '\0')
		c->rules = rules_load(c->rules_path, err);
	return c->rules_path[0] == '\0' || c->rules != NULL;
}

/*
 * What libconfig would not tell well: it ends at a NUL byte without a word,
 * and a bad @include ends the whole program.
 */
static bool
check_text(const char *path, struct span text, struct error *err)
{
	struct place place = { path, "@include", 1 };
	struct span line;

	for (; span_line(&text, &line); place.line++) {
		if (span_starts_nocase(span_trim(line), place.setting))
			return wants(&place,
			    "is not supported; write all settings into this "
			    "file",
			    err);
		if (span_find(line, '\0') < line.len) {
			error_set(err, ERROR_INVALID,
			    "%.120s:%u: a NUL byte; this is no text file", path,
			    place.line);
			return false;
		}
	}
	return true;
}

static bool
read_file(const char *path, config_t *file, struct error *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, LIMIT_CONF_BYTES);
	ok = file_read_path(path, &text, err) &&
	     check_text(path, buf_span(&text), err);
	if (ok && config_read_string(file, buf_text(&text)) != CONFIG_TRUE) {
		error_set(err, ERROR_INVALID,
		    "%.120s:%d: %s; suppressd.conf(5) shows the form", path,
		    config_error_line(file), config_error_text(file));
		ok = false;
	}
	buf_done(&text);
	return ok;
}

struct conf *
conf_load(const char *path, struct error *err)
{
	struct conf *c = conf_new();
	config_t file;
	bool ok;

	config_init(&file);
	(void)span_copy(span_of(path), c->path, sizeof(c->path));
	ok = read_file(path, &file, err) && take_all(path, &file, c, err);
	config_destroy(&file);
	conf_finish(c);
	if (ok) {
		phone_set_region(c->phone_region);
		return c;
	}
	conf_unref(c);
	return NULL;
}
