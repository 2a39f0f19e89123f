#include "web/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/body.h"
#include "web/framing.h"
#include "web/heavy.h"
#include "web/metrics.h"
#include "web/routes.h"
#include "web/workers.h"

#define THREADS 4

/* For what is answered to who has a token; not all of them are ever at work
 * for long. */
#define WORKERS (HEAVY_MOST + 1)

/* A body that nobody wants is read if it is no longer than this. */
#define DRAIN_BYTES (64 * 1024)

/* How long requests that have begun may take when we stop. */
#define STOP_WAIT_MS 5000
#define STOP_POLL_MS 20

struct http {
	struct MHD_Daemon *daemon;
	struct workers *workers;
	const struct web *web;
	atomic_uint begun; /* requests that have no answer yet */
};

/* One request, from its first line to its answer. */
struct exchange {
	struct work work; /* the first member: workers know it */
	struct MHD_Connection *connection;
	char *uri;
	const struct route *route;
	struct request request;
	struct body body;
	unsigned long long came; /* bytes of it */
	bool refused;            /* the answer is known before the body */
	bool answered;
	int64_t began; /* to be answered, ns */
	struct answer answer;
};

static const char *
header(struct MHD_Connection *c, const char *name)
{
	const char *text =
	    MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	return text != NULL ? text : "";
}

/* The first that we see of a request: its line. */
static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct exchange *ex = mem_new(1, sizeof(*ex));
	struct http *s = cls;

	(void)c;
	atomic_fetch_add(&s->begun, 1);
	ex->uri = mem_dup_text(uri);
	answer_init(&ex->answer);
	body_init(&ex->body, 0);
	return ex;
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **arg,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *ex = *arg;
	struct http *s = cls;

	(void)c;
	(void)why;
	*arg = NULL;
	if (ex == NULL)
		return;
	atomic_fetch_sub(&s->begun, 1);
	body_done(&ex->body);
	answer_done(&ex->answer);
	free(ex->uri);
	free(ex);
}

/* We decode ourselves, once, where a text is used. */
static size_t
no_unescape(void *cls, struct MHD_Connection *c, char *text)
{
	(void)cls;
	(void)c;
	return strlen(text);
}

PRINTF_LIKE(2, 0)
static void
on_log(void *cls, const char *format, va_list values)
{
	char text[512];

	(void)cls;
	vsnprintf(text, sizeof(text), format, values);
	log_debug("http: %.*s", (int)strcspn(text, "\n"), text);
}

/* A proxy may put its own field behind one that the client has sent. */
static enum MHD_Result
on_forwarded(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	const char **last = arg;

	(void)kind;
	if (span_is_nocase(span_of(name), "X-Forwarded-For") && value != NULL)
		*last = value;
	return MHD_YES;
}

/* Behind a proxy of this host the client is who the proxy says: it puts the
 * address that it has seen last into the list. */
static void
find_client(struct request *r, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct span list, last = { "", 0 };
	const char *forwarded = "";

	if (info != NULL && info->client_addr != NULL)
		(void)ip_from_sockaddr(info->client_addr, &r->client);
	if (r->client.family != 0 && !ip_is_loopback(&r->client))
		return;
	r->secure =
	    span_is_nocase(span_of(header(c, "X-Forwarded-Proto")), "https");
	(void)MHD_get_connection_values(c, MHD_HEADER_KIND, on_forwarded,
	    &forwarded);
	list = span_of(forwarded);
	while (span_cut(&list, ',', &last))
		;
	(void)ip_parse(span_trim(last), &r->client);
}

static void
begin(struct exchange *ex, struct MHD_Connection *c, const struct web *web,
    const char *method)
{
	struct request *r = &ex->request;
	struct span rest = framing_without_host(span_of(ex->uri));

	r->web = web;
	r->method = strcmp(method, "HEAD") == 0 ? "GET" : method;
	if (!span_cut(&rest, '?', &r->path))
		r->path = rest;
	r->query = rest;
	r->type = header(c, MHD_HTTP_HEADER_CONTENT_TYPE);
	r->language = header(c, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
	r->authorization = header(c, MHD_HTTP_HEADER_AUTHORIZATION);
	r->idempotency = header(c, "Idempotency-Key");
	r->cookies = header(c, MHD_HTTP_HEADER_COOKIE);
	find_client(r, c);
	r->now = clock_now();
}

static enum MHD_Result
on_header(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	(void)kind;
	framing_field(arg, span_of(name), span_of(value != NULL ? value : ""));
	return MHD_YES;
}

static size_t
head_bytes(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info != NULL ? info->header_size : 0;
}

static void
add_header(const char *name, const char *value, void *arg)
{
	(void)MHD_add_response_header(arg, name, value);
}

static enum MHD_Result
give(struct exchange *ex, struct MHD_Connection *c)
{
	struct answer *a = &ex->answer;
	struct MHD_Response *out;
	enum MHD_Result said;

	if (a->body.full)
		answer_problem(a, 500, "The answer is too long.");
	route_finish(&ex->request, a);
	/* The path of a link is a secret: the log has its route. */
	log_debug("%s %s %d", ex->request.method,
	    ex->route != NULL ? ex->route->path : "-", a->status);
	out = MHD_create_response_from_buffer(a->body.len,
	    (void *)buf_text(&a->body), MHD_RESPMEM_MUST_COPY);
	if (out == NULL)
		return MHD_NO;
	answer_headers(a, add_header, out);
	said = MHD_queue_response(c, (unsigned)a->status, out);
	MHD_destroy_response(out);
	return said;
}

/* A body that nobody wants is read to its end if it is short: many clients do
 * not look before they have sent it. For a person who has signed in, also if
 * it is long: a browser would show that the connection was lost. */
static unsigned long long
drained_bytes(const struct request *r)
{
	return r->for_people && r->actor[0] != '\0'
		   ? (unsigned long long)LIMIT_WEB_IMPORT_MIB << 20
		   : DRAIN_BYTES;
}

/* The head is there. */
static enum MHD_Result
on_head(struct exchange *ex, struct MHD_Connection *c, const struct web *web,
    const char *method, const char *version)
{
	const struct framing_line line = { method, ex->uri, version,
		head_bytes(c) };
	struct framing f = { 0 };
	size_t most = 0;

	begin(ex, c, web, method);
	(void)MHD_get_connection_values(c, MHD_HEADER_KIND, on_header, &f);
	if (!framing_is_plain(&f, &line, &ex->answer))
		return give(ex, c);
	ex->route = route_find(&ex->request, &ex->answer);
	ex->refused = ex->route == NULL ||
		      !route_admits(&ex->request, ex->route, &ex->answer);
	if (!ex->refused)
		most = route_most_bytes(&ex->request, ex->route);
	if (!ex->refused && f.length > most) {
		route_too_large(&ex->request, ex->route, &ex->answer);
		ex->refused = true;
	}
	if (ex->refused && f.length > drained_bytes(&ex->request))
		return give(ex, c);
	body_init(&ex->body, most);
	return MHD_YES;
}

static void
answer(struct exchange *ex)
{
	struct error err;

	if (!ex->refused && ex->body.full)
		route_too_large(&ex->request, ex->route, &ex->answer);
	else if (!ex->refused && !body_span(&ex->body, &ex->request.body, &err))
		answer_error(&ex->answer, "http", &err);
	else if (!ex->refused)
		route_run(&ex->request, ex->route, &ex->answer);
	ex->answered = true;
	metrics_answer(ex->answer.status, clock_monotonic_ns() - ex->began);
}

/* A worker's part. */
static void
on_work(struct work *w)
{
	struct exchange *ex = (struct exchange *)w;

	answer(ex);
	MHD_resume_connection(ex->connection);
}

/*
 * The request is there. What everybody may ask, as to leave by a link, and a
 * short check are answered here, at once; what may take long, by a worker,
 * while the connection sleeps: when it wakes, it comes here again.
 */
static enum MHD_Result
on_end(struct http *s, struct exchange *ex, struct MHD_Connection *c)
{
	if (ex->answered)
		return give(ex, c);
	ex->began = clock_monotonic_ns();
	if (ex->refused || route_is_quick(ex->route, ex->came)) {
		answer(ex);
		return give(ex, c);
	}
	ex->connection = c;
	MHD_suspend_connection(c);
	workers_give(s->workers, &ex->work);
	return MHD_YES;
}

static enum MHD_Result
on_bytes(struct exchange *ex, const char *data, size_t *n)
{
	struct error err;

	ex->came += *n;
	/* Chunks that go on for ever end the connection. */
	if (ex->came > ex->body.most + drained_bytes(&ex->request))
		return MHD_NO;
	if (!ex->refused && !body_add(&ex->body, data, *n, &err)) {
		answer_error(&ex->answer, "http", &err);
		ex->refused = true;
	}
	*n = 0;
	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *data_n,
    void **arg)
{
	struct http *s = cls;
	struct exchange *ex = *arg;

	(void)url;
	if (ex->request.web == NULL)
		return on_head(ex, c, s->web, method, version);
	if (*data_n == 0)
		return on_end(s, ex, c);
	return on_bytes(ex, data, data_n);
}

struct http *
http_start(int fd, const struct web *web, struct error *err)
{
	struct http *s = mem_new(1, sizeof(*s));

	s->web = web;
	s->workers = workers_start(WORKERS, on_work, err);
	if (s->workers == NULL) {
		free(s);
		return NULL;
	}
	errno = 0;
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
					 MHD_ALLOW_SUSPEND_RESUME |
					 MHD_USE_ERROR_LOG,
	    0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log,
	    NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
	    (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)web->conf->web_connections, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)web->conf->web_timeout_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_WEB_HEADER_BYTES,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
	    MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	if (s->daemon != NULL)
		return s;
	error_errno(err, "HTTP does not start");
	workers_stop(s->workers);
	free(s);
	return NULL;
}

void
http_stop(struct http *s)
{
	const struct timespec pause = { .tv_nsec = STOP_POLL_MS * 1000000L };
	int64_t end = clock_monotonic_ms() + STOP_WAIT_MS;

	if (s == NULL)
		return;
	(void)MHD_quiesce_daemon(s->daemon);
	while (atomic_load(&s->begun) > 0 && clock_monotonic_ms() < end)
		nanosleep(&pause, NULL);
	/* None may sleep when HTTP ends. */
	workers_stop(s->workers);
	MHD_stop_daemon(s->daemon);
	free(s);
}
