/*
 * settings - the tables of all settings: a setting is one row here, one
 * entry in suppressd.conf(5) and one line in the sample. Knows no libconfig
 * type: conf.c hands over what stands in the file.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "conf/conf.h"

/* What the file gives for one setting. */
enum given_type {
	GIVEN_TEXT,
	GIVEN_NUMBER,
	GIVEN_BOOL,
	GIVEN_TEXTS,
	GIVEN_OTHER
};

struct given {
	enum given_type type;
	const char *text;
	int64_t number; /* GIVEN_BOOL: 0 or 1 */
	const char **texts;
	size_t n;
};

enum setting_type {
	SETTING_PATH,     /* char[CONF_PATH_TEXT]; "" if least is 0 */
	SETTING_URL,      /* char[LIMIT_OFFER_TEXT]; "" is none */
	SETTING_SOCKET,   /* the same, unix:/path or inet:port@host */
	SETTING_BOOL,     /* bool */
	SETTING_WORD,     /* enum (int), one of names */
	SETTING_NUMBER,   /* int64_t, from least to most */
	SETTING_INT,      /* int, from least to most */
	SETTING_IP,       /* char[IP_TEXT]; "" is none */
	SETTING_TEXTS,    /* struct conf_texts, as they are */
	SETTING_DOMAINS,  /* struct conf_texts, canonical names */
	SETTING_VALUES,   /* struct conf_texts, canonical values */
	SETTING_MATCHES,  /* struct conf_matches */
	SETTING_NETWORKS, /* struct conf_networks */
	SETTING_WORDS,    /* unsigned, bits 1 << number, of names */
	SETTING_NAME,     /* char *, a stream's name */
	SETTING_REPLY,    /* char *, one line of ASCII */
	SETTING_STATUS,   /* char[12], "5.7.1" */
	SETTING_KEY_ID,   /* char[LIMIT_KEY_ID_TEXT]; "" is none */
	SETTING_ADDRESS,  /* char[LIMIT_OFFER_TEXT], canonical; "" is none */
	SETTING_HTTPS,    /* char[LIMIT_OFFER_TEXT], a URL; "" is none */
	SETTING_USER,     /* char[LIMIT_KEY_ID_TEXT]; "" is none */
	SETTING_REGION,   /* char[PHONE_REGION_TEXT]; "" is none */
	SETTING_GATEWAYS, /* as SETTING_DOMAINS; wants phone numbers */
};

struct setting_row {
	const char *group; /* "": top level */
	const char *name;
	enum setting_type type;
	size_t offset; /* into struct conf, conf_stream or conf_reply */
	const struct name *names;
	int64_t least, most;
};

/* Each ends with a row whose name is NULL. */
extern const struct setting_row conf_rows[];
extern const struct setting_row stream_rows[];
extern const struct setting_row reply_rows[];

/* Groups that may stand at the top level, beside those of conf_rows. */
#define SETTINGS_STREAMS "streams"
#define SETTINGS_REPLIES "replies"

/* The stream of what no other one takes. */
#define CONF_DEFAULT_STREAM "default"

/* Every source, as bits. */
#define SETTINGS_EVERY_SOURCE 0x3EU

/* Every kind of report, as bits. */
#define SETTINGS_EVERY_REPORT 0x1EU

/* The words of enum source (db/event.h), by number. */
extern const struct name conf_source_names[];

/*
 * Puts what was given where the row says. What was there is freed. err says
 * what is wrong and what is right.
 */
bool setting_take(const struct setting_row *row, const struct given *given,
    void *base, struct error *err) MUST_CHECK;

/* The two of these that have a file of their own, offers.c. */
bool setting_take_address(const char *text, char *out,
    struct error *err) MUST_CHECK;
bool setting_take_url(const char *text, char *out,
    struct error *err) MUST_CHECK;
bool setting_take_https(const char *text, char *out,
    struct error *err) MUST_CHECK;

/*
 * What is wrong with a whole configuration although each setting by itself is
 * right; NULL: nothing. setting is set to where: "streams[1].cfbl".
 */
#define CONF_FAULT_TEXT 64
const char *conf_fault(const struct conf *c, char setting[CONF_FAULT_TEXT]);

/* A configuration with every default but no streams, one reference. */
struct conf *conf_new(void);

/* Adds the stream for all that no row takes, unless the last one does. */
void conf_finish(struct conf *c);

bool conf_stream_has_condition(const struct conf_stream *s);

void conf_texts_done(struct conf_texts *t);
void conf_matches_done(struct conf_matches *m);
void conf_networks_done(struct conf_networks *n);

#endif
