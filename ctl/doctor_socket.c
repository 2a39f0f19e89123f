#include "ctl/doctor.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* These give 0 or errno. */
static int
connect_unix(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd, failed = 0;

	if (!span_copy(span_of(path), sa.sun_path, sizeof(sa.sun_path)))
		return ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
		failed = errno;
	close(fd);
	return failed;
}

/* libmilter's "port@host". */
static int
connect_inet(const char *text)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *ai;
	struct span rest = span_of(text), port;
	char service[32], host[256];
	int failed = EADDRNOTAVAIL;

	(void)span_cut(&rest, '@', &port);
	(void)span_copy(port, service, sizeof(service));
	(void)span_copy(rest.len > 0 ? rest : span_of("localhost"), host,
	    sizeof(host));
	if (getaddrinfo(host, service, &hints, &all) != 0)
		return failed;
	for (ai = all; ai != NULL && failed != 0; ai = ai->ai_next) {
		int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		failed =
		    connect(fd, ai->ai_addr, ai->ai_addrlen) == 0 ? 0 : errno;
		close(fd);
	}
	freeaddrinfo(all);
	return failed;
}

static int
try_connect(const char *text)
{
	struct span rest = span_of(text), kind;

	if (text[0] == '/')
		return connect_unix(text);
	(void)span_cut(&rest, ':', &kind);
	if (span_starts_nocase(kind, "inet"))
		return connect_inet(rest.p);
	return connect_unix(rest.p);
}

/* Root reaches everything; it's Postfix that must. As its daemons do, the
 * child keeps no group but the user's own. */
static int
try_as(const struct passwd *user, const char *text)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgroups(1, &user->pw_gid) != 0 ||
		    setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
			_exit(errno);
		_exit(try_connect(text));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

void
doctor_socket(struct patient *p, struct diagnosis *d)
{
	const char *text = p->ctl->conf->socket;
	char owner[POSTFIX_TEXT], more[320];
	const struct passwd *user = NULL;
	struct error ignored;
	int failed = try_connect(text);

	if (failed != 0) {
		snprintf(more, sizeof(more), "%.200s: %s", text,
		    strerror(failed));
		doctor_found(d, HEALTH_FAULT, "milter socket", more,
		    "Postfix defers all mail: start suppressd (systemctl "
		    "start suppressd); the setting is \"socket\"");
		return;
	}
	if (geteuid() == 0 && p->plan_error.code == ERROR_NONE &&
	    postfix_expanded(p->plan->dir, "mail_owner", owner, &ignored))
		user = getpwnam(owner);
	if (user != NULL && (failed = try_as(user, text)) != 0) {
		snprintf(more, sizeof(more), "user %s: %s", user->pw_name,
		    strerror(failed));
		doctor_found(d, HEALTH_FAULT, "milter socket", more,
		    "let Postfix in: its directory wants group postfix and "
		    "mode 2750, suppressd umask 007");
		return;
	}
	doctor_found(d, HEALTH_OK, "milter socket", text, "");
}
