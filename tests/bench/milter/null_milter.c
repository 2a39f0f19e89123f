/*
 * null_milter - the least that a libmilter milter can do: negotiates the same
 * steps as suppressd without streams that need content, and says yes.
 *
 * usage: null_milter SOCKET
 */
#include <libmilter/mfapi.h>
#include <stdint.h>
#include <stdio.h>

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long offered, unsigned long steps,
    unsigned long f2, unsigned long f3, unsigned long *actions,
    unsigned long *chosen, unsigned long *pf2, unsigned long *pf3)
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

	(void)f2;
	(void)f3;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		(void)smfi_setsymlist(ctx, lists[i].stage,
		    (char *)(uintptr_t)lists[i].names);
	*actions = offered & (SMFIF_DELRCPT | SMFIF_SETSYMLIST);
	*chosen = steps &
		  (SMFIP_SKIP | SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL |
		      SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NOUNKNOWN |
		      SMFIP_NODATA | SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NOBODY);
	*pf2 = *pf3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *sa)
{
	(void)ctx;
	(void)host;
	(void)sa;
	return SMFIS_NOREPLY;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)ctx;
	(void)name;
	return SMFIS_NOREPLY;
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_NOREPLY;
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_CONTINUE;
}

static sfsistat
on_end(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
	struct smfiDesc desc = {
		.xxfi_name = (char *)(uintptr_t) "null",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_DELRCPT | SMFIF_SETSYMLIST,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_eom = on_end,
		.xxfi_abort = on_end,
		.xxfi_close = on_end,
		.xxfi_negotiate = on_negotiate,
	};

	if (argc != 2) {
		fprintf(stderr, "usage: null_milter SOCKET\n");
		return 2;
	}
	if (smfi_register(desc) != MI_SUCCESS ||
	    smfi_setconn(argv[1]) != MI_SUCCESS || smfi_main() != MI_SUCCESS) {
		fprintf(stderr, "null_milter: %s: libmilter failed\n", argv[1]);
		return 1;
	}
	return 0;
}
