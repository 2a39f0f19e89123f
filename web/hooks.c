#include "web/hooks.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "policy/review.h"
#include "web/api_rows.h"
#include "web/post.h"

#define POSITION "webhook.position"
#define BATCH_EVENTS 100
#define BATCH_BYTES (4L * 1024 * 1024)
#define SECRET_LEAST 16
#define SECRET_MOST 1024

/* How often the journal is looked at, and how long what failed waits. */
#define LOOK_MS 1000
#define WAIT_MOST_MS (300 * 1000)

struct hooks {
	const struct conf *conf;
	struct store *store;
	struct buf secret;
	struct post *post; /* NULL: nobody is to be told */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	atomic_bool ending;
	atomic_ullong taken, failed; /* events; POSTs */
	atomic_ullong at;            /* number of the last event */
	/* the thread's */
	struct store_place place; /* of what has been read */
	struct buf body;
	size_t n; /* events in it */
};

/* NULL: nobody wants to know. */
static const char *
type_of(const struct conf *conf, const struct event *ev)
{
	if (ev->op == EVENT_ADD)
		return "added";
	if (ev->op == EVENT_REMOVE)
		return "lifted";
	return review_waits(conf, ev) ? "review" : NULL;
}

static bool
add(const struct event *ev, const struct store_place *behind, void *arg)
{
	struct hooks *h = arg;
	const char *type = type_of(h->conf, ev);

	h->place = *behind;
	if (type == NULL)
		return true;
	json_object_begin(&h->body, NULL);
	json_text(&h->body, "type", span_of(type));
	api_event(ev, &h->body);
	json_object_end(&h->body);
	return ++h->n < BATCH_EVENTS;
}

static bool
collect(struct hooks *h, struct error *err)
{
	const struct store_place from = h->place;

	h->n = 0;
	buf_reset(&h->body);
	json_begin(&h->body);
	json_int(&h->body, "v", 1);
	json_array_begin(&h->body, "events");
	if (!store_feed(h->store, &from, add, h, err)) {
		h->place = from;
		return false;
	}
	json_array_end(&h->body);
	json_end(&h->body);
	return true;
}

static bool
try_once(struct hooks *h, struct error *err)
{
	char time[24], hex[2 * HASH_HMAC_BYTES + 1], header[160];
	uint8_t mac[HASH_HMAC_BYTES];
	struct span parts[3];

	snprintf(time, sizeof(time), "%" PRId64, clock_now());
	parts[0] = span_of(time);
	parts[1] = span_of(".");
	parts[2] = buf_span(&h->body);
	hash_hmac(buf_span(&h->secret), parts, ARRAY_LEN(parts), mac);
	hash_hex(mac, sizeof(mac), hex);
	snprintf(header, sizeof(header), "Suppressd-Signature: t=%s,v1=%s",
	    time, hex);
	return post_send(h->post, header, parts[2], err);
}

/* False: it is time to end. */
static bool
wait_ms(struct hooks *h, int64_t ms)
{
	int64_t end = clock_monotonic_ms() + ms;
	const struct timespec until = { end / 1000, end % 1000 * 1000000 };

	pthread_mutex_lock(&h->lock);
	while (!atomic_load(&h->ending) &&
	       pthread_cond_clockwait(&h->moved, &h->lock, CLOCK_MONOTONIC,
		   &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&h->lock);
	return !atomic_load(&h->ending);
}

/* Until it has been taken. False: it is time to end. */
static bool
deliver(struct hooks *h)
{
	int64_t wait = LOOK_MS;
	struct error err;

	while (!atomic_load(&h->ending)) {
		if (try_once(h, &err)) {
			atomic_fetch_add(&h->taken, h->n);
			return true;
		}
		if (atomic_load(&h->ending))
			return false;
		atomic_fetch_add(&h->failed, 1);
		log_warning("webhooks: %zu events come again in %" PRId64
			    " s: %s",
		    h->n, wait / 1000, err.text);
		if (!wait_ms(h, wait))
			return false;
		wait = wait < WAIT_MOST_MS / 2 ? 2 * wait : WAIT_MOST_MS;
	}
	return false;
}

/* What can't be kept only comes twice. */
static void
keep_place(struct hooks *h)
{
	char text[64];
	struct error err;

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu32 " %" PRIu32 "\n",
	    h->place.lsn, h->place.pos.segment, h->place.pos.offset);
	if (!file_replace(h->conf->webhooks_state, POSITION, span_of(text),
		0640, &err))
		log_warning("webhooks: after a restart, events come again: %s",
		    err.text);
}

static bool
begin_with_next(struct hooks *h, struct error *err)
{
	if (!store_end(h->store, &h->place, err))
		return false;
	keep_place(h);
	return true;
}

static bool
read_number(struct span *rest, unsigned long long most, unsigned long long *out)
{
	struct span word = { "", 0 };

	(void)span_cut(rest, ' ', &word);
	return span_number(word, most, out);
}

static bool
read_place(struct hooks *h, struct error *err)
{
	char path[CONF_PATH_TEXT + sizeof(POSITION)];
	unsigned long long lsn, segment, offset;
	struct span rest;
	struct buf text;
	bool ok;

	snprintf(path, sizeof(path), "%s/" POSITION, h->conf->webhooks_state);
	buf_init(&text, 256);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return begin_with_next(h, err);
	ok = file_read_path(path, &text, err);
	rest = span_trim(buf_span(&text));
	if (ok && read_number(&rest, UINT64_MAX, &lsn) &&
	    read_number(&rest, UINT32_MAX, &segment) &&
	    read_number(&rest, UINT32_MAX, &offset)) {
		h->place = (struct store_place){ lsn,
			{ (uint32_t)segment, (uint32_t)offset } };
	} else if (ok) {
		error_set(err, ERROR_INVALID,
		    "%.150s is no position: remove it to begin with what "
		    "comes next",
		    path);
		ok = false;
	}
	buf_done(&text);
	return ok;
}

/* What comes next is told, once this has been said. */
static bool
begin_again(struct hooks *h, struct error *err)
{
	const struct error why = *err;

	h->n = 0;
	if (!begin_with_next(h, err))
		return false;
	log_warning("webhooks: %s It goes on with what comes next", why.text);
	return true;
}

static void *
work(void *arg)
{
	struct hooks *h = arg;
	struct error err;

	do {
		bool ok = collect(h, &err);

		if (!ok && err.code == ERROR_INVALID)
			ok = begin_again(h, &err);
		if (!ok)
			log_warning("webhooks: %s", err.text);
		if (ok && h->n > 0 && deliver(h))
			keep_place(h);
		if (ok)
			atomic_store(&h->at, h->place.lsn);
	} while (h->n == BATCH_EVENTS ? !atomic_load(&h->ending)
				      : wait_ms(h, LOOK_MS));
	return NULL;
}

static bool
read_secret(struct hooks *h, struct error *err)
{
	buf_init(&h->secret, SECRET_MOST);
	if (!file_read_path(h->conf->webhooks_secret, &h->secret, err)) {
		error_prefix(err, "webhooks.secret");
		err->code = ERROR_INVALID;
		return false;
	}
	h->secret.len = span_trim(buf_span(&h->secret)).len;
	if (h->secret.len >= SECRET_LEAST)
		return true;
	error_set(err, ERROR_INVALID,
	    "webhooks.secret: %.120s has less than %d bytes; openssl rand -hex "
	    "32 makes a good one",
	    h->conf->webhooks_secret, SECRET_LEAST);
	return false;
}

struct hooks *
hooks_start(const struct conf *conf, struct store *store, struct error *err)
{
	struct hooks *h = mem_new(1, sizeof(*h));

	h->conf = conf;
	h->store = store;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->moved, NULL);
	buf_init(&h->body, (size_t)BATCH_BYTES);
	if (conf->webhooks_url[0] == '\0')
		return h;
	if (read_secret(h, err) && read_place(h, err))
		h->post = post_new(conf->webhooks_url, &h->ending, err);
	if (h->post != NULL) {
		atomic_store(&h->at, h->place.lsn);
		errno = pthread_create(&h->thread, NULL, work, h);
		if (errno == 0)
			return h;
		error_errno(err, "no thread");
		post_free(h->post);
		h->post = NULL;
	}
	hooks_stop(h);
	return NULL;
}

void
hooks_stop(struct hooks *h)
{
	if (h == NULL)
		return;
	if (h->post != NULL) {
		pthread_mutex_lock(&h->lock);
		atomic_store(&h->ending, true);
		pthread_cond_broadcast(&h->moved);
		pthread_mutex_unlock(&h->lock);
		pthread_join(h->thread, NULL);
		post_free(h->post);
	}
	if (h->secret.p != NULL)
		hash_wipe(h->secret.p, h->secret.room);
	buf_done(&h->secret);
	buf_done(&h->body);
	pthread_cond_destroy(&h->moved);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void
hooks_metrics(struct hooks *h, struct buf *out)
{
	struct store_place end = { 0 };
	struct error ignored;
	uint64_t at = atomic_load(&h->at);

	if (h->post != NULL)
		(void)!store_end(h->store, &end, &ignored);
	metrics_one(out, METRICS_COUNTER, "suppressd_webhook_events_total",
	    "Events that webhooks have told of.", atomic_load(&h->taken));
	metrics_one(out, METRICS_COUNTER, "suppressd_webhook_failures_total",
	    "POSTs of webhooks that were not taken.", atomic_load(&h->failed));
	metrics_one(out, METRICS_GAUGE, "suppressd_webhook_lag_events",
	    "Events of the journal that webhooks have not come to.",
	    end.lsn > at ? end.lsn - at : 0);
}
