#include "milter/callbacks.h"

#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"

static const struct shared *shared;
static atomic_int running;
static atomic_bool stopping;

/* False: we are stopping. Else leave() has to follow. */
static bool
come_in(void)
{
	atomic_fetch_add(&running, 1);
	if (!atomic_load(&stopping))
		return true;
	atomic_fetch_sub(&running, 1);
	return false;
}

/* The session, to be given back to leave(); NULL: we are stopping. */
static struct session *
enter(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);

	return s != NULL && come_in() ? s : NULL;
}

/*
 * SMFIS_NOREPLY for the steps that on_negotiate() has said not to answer,
 * also when we are stopping: libmilter would log anything else, each time,
 * and after a refusal ignore the next step without an answer, so that the
 * mailer waits for one. The next step that has an answer gets it.
 */
static sfsistat
leave(sfsistat answer)
{
	atomic_fetch_sub(&running, 1);
	return answer;
}

bool
callbacks_stop(int wait_s)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	atomic_store(&stopping, true);
	for (int i = 0; i < wait_s * 100 && atomic_load(&running) > 0; i++)
		nanosleep(&pause, NULL);
	return atomic_load(&running) == 0;
}

/* libmilter's texts are formats: "%" is doubled. */
static void
set_reply(SMFICTX *ctx, const struct session_reply *r)
{
	char code[8], status[sizeof(r->status)];
	struct buf text;

	if (r->code == 0)
		return;
	buf_init(&text, 2 * LIMIT_REPLY_TEXT);
	for (const char *c = r->text; *c != '\0'; c++) {
		if (*c == '%')
			buf_add_char(&text, '%');
		buf_add_char(&text, *c);
	}
	snprintf(code, sizeof(code), "%d", r->code);
	(void)span_copy(span_of(r->status), status, sizeof(status));
	/* If this fails the mailer uses a text of its own. */
	if (smfi_setreply(ctx, code, status,
		(char *)(uintptr_t)buf_text(&text)) != MI_SUCCESS)
		log_error("the mailer would not take the reply %s %s %s", code,
		    status, buf_text(&text));
	buf_done(&text);
}

static sfsistat
answer(SMFICTX *ctx, const struct session_reply *r)
{
	static const sfsistat of[] = {
		[SESSION_CONTINUE] = SMFIS_CONTINUE,
		[SESSION_REJECT] = SMFIS_REJECT,
		[SESSION_TEMPFAIL] = SMFIS_TEMPFAIL,
		[SESSION_DISCARD] = SMFIS_DISCARD,
		[SESSION_SKIP] = SMFIS_SKIP,
	};

	set_reply(ctx, r);
	return of[r->answer];
}

static char *
macro(SMFICTX *ctx, const char *name)
{
	return smfi_getsymval(ctx, (char *)(uintptr_t)name);
}

/* Only what is looked at; an administrator may have changed the defaults. */
static void
ask_for_macros(SMFICTX *ctx)
{
	static const struct {
		int stage;
		const char *names;
	} lists[] = {
		{ SMFIM_CONNECT, "{daemon_name}" },
		{ SMFIM_ENVFROM, "i {auth_authen}" },
		{ SMFIM_ENVRCPT, "i {rcpt_addr} {rcpt_mailer}" },
		{ SMFIM_EOM, "i" },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		(void)smfi_setsymlist(ctx, lists[i].stage,
		    (char *)(uintptr_t)lists[i].names);
}

/*
 * Every step that needs no answer is told so, and what is not looked at is
 * not sent. Rejected recipients are never asked for.
 */
static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long offered, unsigned long steps,
    unsigned long f2, unsigned long f3, unsigned long *actions,
    unsigned long *chosen, unsigned long *pf2, unsigned long *pf3)
{
	struct session *s;
	unsigned long wanted = SMFIP_SKIP | SMFIP_NR_CONN | SMFIP_NR_HELO |
			       SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_EOH |
			       SMFIP_NOUNKNOWN | SMFIP_NODATA;

	(void)f2;
	(void)f3;
	if (!come_in())
		return SMFIS_REJECT;
	s = session_new(shared);
	if (!session_wants_content(s))
		wanted |= SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NOBODY;
	if ((offered & SMFIF_SETSYMLIST) != 0)
		ask_for_macros(ctx);
	*actions =
	    SMFIF_DELRCPT | SMFIF_QUARANTINE | (offered & SMFIF_SETSYMLIST);
	if (session_wants_token(s))
		*actions |= offered & SMFIF_ADDHDRS;
	if (session_wants_sender(s))
		*actions |= offered & SMFIF_CHGFROM;
	if (session_wants_moves(s))
		*actions |= offered & SMFIF_ADDRCPT;
	*chosen = steps & wanted;
	*pf2 = *pf3 = 0;
	session_free(smfi_getpriv(ctx));
	(void)smfi_setpriv(ctx, s);
	return leave(SMFIS_CONTINUE);
}

static bool
has_port(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ((const struct sockaddr_in *)sa)->sin_port != 0;
	return sa->sa_family != AF_INET6 ||
	       ((const struct sockaddr_in6 *)sa)->sin6_port != 0;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *sa)
{
	struct session *s = smfi_getpriv(ctx);
	struct ip ip = { 0 };

	(void)host;
	if (!come_in())
		return SMFIS_NOREPLY;
	if (s == NULL) {
		/* The next client on a connection that the mailer keeps. */
		s = session_new(shared);
		(void)smfi_setpriv(ctx, s);
	}
	if (sa != NULL && !ip_from_sockaddr(sa, &ip))
		ip.family = 0;
	session_connect(s, &ip, sa == NULL || has_port(sa),
	    macro(ctx, "{daemon_name}"));
	return leave(SMFIS_NOREPLY);
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct session *s = enter(ctx);

	if (s == NULL)
		return SMFIS_NOREPLY;
	session_helo(s, name);
	return leave(SMFIS_NOREPLY);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct session *s = enter(ctx);

	if (s == NULL)
		return SMFIS_NOREPLY;
	session_mail(s, argv[0], macro(ctx, "{auth_authen}"), macro(ctx, "i"));
	for (argv++; *argv != NULL; argv++)
		session_mail_parameter(s, *argv);
	return leave(SMFIS_NOREPLY);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *s = enter(ctx);
	struct session_reply r;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	r = session_rcpt(s, argv[0], macro(ctx, "{rcpt_addr}"),
	    macro(ctx, "{rcpt_mailer}"), macro(ctx, "i"));
	return leave(answer(ctx, &r));
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *s = enter(ctx);

	if (s == NULL)
		return SMFIS_NOREPLY;
	session_header(s, name, value);
	return leave(SMFIS_NOREPLY);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct session *s = enter(ctx);

	if (s == NULL)
		return SMFIS_NOREPLY;
	session_eoh(s);
	return leave(SMFIS_NOREPLY);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	struct session *s = enter(ctx);
	struct session_reply r;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	r = session_body(s, (struct span){ (const char *)bytes, len });
	return leave(answer(ctx, &r));
}

/* Mail never waits for a token. */
static void
add_header(SMFICTX *ctx, const struct session_header *h)
{
	if (smfi_addheader(ctx, (char *)(uintptr_t)h->name,
		(char *)(uintptr_t)h->value) != MI_SUCCESS)
		log_warning("the mailer took no %s; the message goes out "
			    "without",
		    h->name);
}

static void
change_sender(SMFICTX *ctx, const struct session_edits *edits)
{
	if (edits->sender != NULL &&
	    smfi_chgfrom(ctx, (char *)(uintptr_t)edits->sender,
		(char *)(uintptr_t)edits->sender_args) != MI_SUCCESS)
		log_warning("the mailer took no sender %s; the message goes "
			    "out with its own",
		    edits->sender);
}

/* Nor does a bounce, for whom had sent. */
static void
move(SMFICTX *ctx, const struct session_move *m)
{
	if (smfi_addrcpt(ctx, m->to) != MI_SUCCESS ||
	    smfi_delrcpt(ctx, m->from) != MI_SUCCESS)
		log_warning("the mailer did not take %s in place of %s, where "
			    "the message stays",
		    m->to, m->from);
}

/* False: the mailer did not take an edit, so the message must not go on. */
static bool
edit(SMFICTX *ctx, const struct session_edits *edits)
{
	bool ok = true;

	for (size_t i = 0; ok && i < edits->remove_n; i++)
		ok = smfi_delrcpt(ctx, edits->remove[i]) == MI_SUCCESS;
	if (ok && edits->quarantine != NULL)
		ok = smfi_quarantine(ctx,
			 (char *)(uintptr_t)edits->quarantine) == MI_SUCCESS;
	if (!ok)
		log_error("the mailer took no change of a message");
	for (size_t i = 0; ok && i < edits->headers_n; i++)
		add_header(ctx, &edits->headers[i]);
	if (ok)
		change_sender(ctx, edits);
	for (size_t i = 0; ok && i < edits->moves_n; i++)
		move(ctx, &edits->moves[i]);
	return ok;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct session *s = enter(ctx);
	struct session_edits edits;
	struct session_reply r;

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	r = session_eom(s, macro(ctx, "i"), &edits);
	if (r.answer == SESSION_CONTINUE && !edit(ctx, &edits))
		return leave(SMFIS_TEMPFAIL);
	return leave(answer(ctx, &r));
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session *s = enter(ctx);

	if (s == NULL)
		return SMFIS_TEMPFAIL;
	session_abort(s);
	return leave(SMFIS_CONTINUE);
}

static sfsistat
on_close(SMFICTX *ctx)
{
	session_free(smfi_getpriv(ctx));
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

bool
callbacks_register(const struct shared *all, const char *socket,
    struct error *err)
{
	struct smfiDesc desc = {
		.xxfi_name = (char *)(uintptr_t) "suppressd",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_DELRCPT | SMFIF_QUARANTINE |
			      SMFIF_SETSYMLIST | SMFIF_ADDHDRS | SMFIF_CHGFROM |
			      SMFIF_ADDRCPT,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};

	shared = all;
	if (smfi_register(desc) != MI_SUCCESS) {
		error_set(err, ERROR_IO, "libmilter does not take us");
		return false;
	}
	if (smfi_setconn((char *)(uintptr_t)socket) != MI_SUCCESS) {
		error_set(err, ERROR_INVALID,
		    "socket: %.180s: libmilter does "
		    "not take it",
		    socket);
		return false;
	}
	return true;
}
