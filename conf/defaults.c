#include "conf/settings.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* References are counted beside what everybody reads. */
struct counted {
	struct conf conf; /* first: a pointer to one is one to the other */
	atomic_int references;
};

static const char *const default_texts[CONF_SOURCES] = {
	"",
	"this recipient is suppressed: an administrator stopped mail to it",
	"this recipient is suppressed: a program stopped mail to it",
	"this recipient is suppressed: it has unsubscribed",
	"this recipient is suppressed: mail to it has bounced",
	"this recipient is suppressed: it has complained about mail",
};

/* One list of the defaults, by its row, so that defaults are canonical. */
static void
default_list(struct conf *c, const char *name, const char **texts, size_t n)
{
	const struct given given = { .type = GIVEN_TEXTS,
		.texts = texts,
		.n = n };
	const struct setting_row *row = conf_rows;
	struct error err;

	while (strcmp(row->name, name) != 0)
		row++;
	if (!setting_take(row, &given, c, &err))
		abort(); /* a mistake in this file */
}

static void
web_defaults(struct conf *c)
{
	(void)span_copy(span_of("inet:8325@127.0.0.1"), c->web_listen,
	    sizeof(c->web_listen));
	(void)span_copy(span_of(PKGDATADIR "/unsubscribe"), c->web_templates,
	    sizeof(c->web_templates));
	(void)span_copy(span_of(SYSCONFDIR "/suppressd/tokens"), c->web_tokens,
	    sizeof(c->web_tokens));
	(void)span_copy(span_of(SYSCONFDIR "/suppressd/webhook.secret"),
	    c->webhooks_secret, sizeof(c->webhooks_secret));
	(void)span_copy(span_of(STATEDIR "-web"), c->webhooks_state,
	    sizeof(c->webhooks_state));
	c->web_connections = 4096;
	c->web_timeout_s = 15;
	c->web_writes_per_minute = 6000;
	c->web_import_max_mib = 64;
}

struct conf *
conf_new(void)
{
	struct counted *made = mem_new(1, sizeof(*made));
	struct conf *c = &made->conf;

	atomic_init(&made->references, 1);
	(void)span_copy(span_of(STATEDIR), c->store, sizeof(c->store));
	(void)span_copy(span_of("unix:/var/spool/postfix/suppress/milter.sock"),
	    c->socket, sizeof(c->socket));
	c->outbound_authenticated = true;
	c->report_max_bytes = LIMIT_REPORT_BYTES;
	c->soft_days = 5;
	c->soft_window_days = 30;
	c->soft_first_days = 14;
	c->soft_most_days = 180;
	c->storm_addresses = 50;
	c->storm_percent = 20;
	c->review_days = 30;
	c->review_per_day = 1000;
	c->refusals_days = 30;
	c->refusals_max_mib = 1024;
	(void)span_copy(span_of(SYSCONFDIR "/suppressd/keys"), c->token_keys,
	    sizeof(c->token_keys));
	c->token_max_bytes = 4096;
	c->trust_own_bounce = 1U << CONF_BOUNCE | 1U << CONF_DELIVERED;
	c->trust_token = SETTINGS_EVERY_REPORT;
	c->trust_authres = c->trust_spf =
	    1U << CONF_BOUNCE | 1U << CONF_COMPLAINT | 1U << CONF_DELIVERED;
	c->trust_keep =
	    1U << CONF_BOUNCE | 1U << CONF_COMPLAINT | 1U << CONF_UNSUBSCRIBE;
	web_defaults(c);
	c->dns_port = 53;
	c->dns_timeout_s = 5;
	default_list(c, "daemons", (const char *[]){ "ORIGINATING" }, 1);
	default_list(c, "networks", (const char *[]){ "127.0.0.0/8", "::1" },
	    2);
	default_list(c, "local_daemons", (const char *[]){ "LOCAL" }, 1);
	default_list(c, "local_mailers",
	    (const char *[]){ "local", "virtual", "lmtp", "discard" }, 4);
	default_list(c, "bounce_daemons", (const char *[]){ "BOUNCE" }, 1);
	for (size_t i = 1; i < CONF_SOURCES; i++) {
		c->replies[i] = (struct conf_reply){ .code = 550,
			.status = "5.7.1",
			.text = mem_dup_text(default_texts[i]) };
	}
	return c;
}

bool
conf_stream_has_condition(const struct conf_stream *s)
{
	return s->login.n + s->client.n + s->daemon.n + s->sender.n +
		   s->header.n >
	       0;
}

static bool
changes_sender(const struct conf_stream *s)
{
	return s->return_path[0] != '\0' || s->envid;
}

bool
conf_stream_makes_tokens(const struct conf_stream *s)
{
	return s->token || changes_sender(s) || conf_stream_offers(s);
}

/* A row for all that no other row takes, unless the last one is that. */
void
conf_finish(struct conf *c)
{
	static const char name[] = CONF_DEFAULT_STREAM;

	if (c->streams_n == 0 ||
	    conf_stream_has_condition(&c->streams[c->streams_n - 1])) {
		c->streams = mem_resize(c->streams, c->streams_n + 1,
		    sizeof(*c->streams));
		c->streams[c->streams_n++] = (struct conf_stream){
			.name = mem_dup_text(name),
			.blocks = SETTINGS_EVERY_SOURCE,
		};
	}
	for (size_t i = 0; i < c->streams_n; i++) {
		if (c->streams[i].header.n > 0)
			c->streams_need_headers = true;
		if (conf_stream_offers(&c->streams[i]))
			c->streams_offer = true;
		if (conf_stream_makes_tokens(&c->streams[i]))
			c->streams_want_token = true;
		if (changes_sender(&c->streams[i]))
			c->streams_want_sender = true;
	}
}

struct conf *
conf_defaults(void)
{
	struct conf *c = conf_new();

	conf_finish(c);
	return c;
}

struct conf *
conf_find(const char *path, struct error *err)
{
	if (path == NULL && access(CONF_FILE, F_OK) != 0)
		return conf_defaults();
	return conf_load(path != NULL ? path : CONF_FILE, err);
}

struct conf *
conf_ref(struct conf *c)
{
	atomic_fetch_add(&((struct counted *)c)->references, 1);
	return c;
}

static void
stream_done(struct conf_stream *s)
{
	free(s->name);
	conf_matches_done(&s->login);
	conf_networks_done(&s->client);
	conf_matches_done(&s->daemon);
	conf_matches_done(&s->sender);
	conf_matches_done(&s->header);
}

void
conf_unref(struct conf *c)
{
	if (c == NULL ||
	    atomic_fetch_sub(&((struct counted *)c)->references, 1) > 1)
		return;
	for (size_t i = 0; i < c->streams_n; i++)
		stream_done(&c->streams[i]);
	free(c->streams);
	for (size_t i = 0; i < CONF_SOURCES; i++)
		free(c->replies[i].text);
	conf_matches_done(&c->outbound_daemons);
	conf_networks_done(&c->outbound_networks);
	conf_texts_done(&c->local_daemons);
	conf_texts_done(&c->bounce_daemons);
	conf_texts_done(&c->local_mailers);
	conf_texts_done(&c->bounces);
	conf_texts_done(&c->complaints);
	conf_texts_done(&c->unsubscribe);
	conf_texts_done(&c->sms_gateways);
	conf_texts_done(&c->own_domains);
	conf_texts_done(&c->protected);
	conf_texts_done(&c->trusted_reporters);
	conf_texts_done(&c->authserv_ids);
	rules_free(c->rules);
	free(c);
}
