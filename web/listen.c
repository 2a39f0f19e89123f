#include "web/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/net.h"

/* Connections that wait for us. */
#define BACKLOG 511

static int
failed(int fd, const char *socket, struct error *err)
{
	if (errno == EADDRINUSE)
		error_set(err, ERROR_BUSY, "somebody else serves %.150s",
		    socket);
	else
		error_errno(err, "cannot listen on %.150s", socket);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The path of a Unix socket; NULL: it is none. */
static const char *
path_of(const char *socket)
{
	return span_starts_nocase(span_of(socket), "unix:")
		   ? strchr(socket, ':') + 1
		   : NULL;
}

/* A file that nobody listens behind is a dead server's. */
static bool
is_dead(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool dead =
	    fd >= 0 &&
	    connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) != 0 &&
	    errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return dead;
}

static int
listen_unix(const char *socket_text, const char *path, struct error *err)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)span_copy(span_of(path), sa.sun_path, sizeof(sa.sun_path));
	if (is_dead(&sa))
		unlink(path);
	/* Its directory says who may come. */
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0)
		return failed(fd, socket_text, err);
	return fd;
}

static int
listen_at(const struct addrinfo *at, const char *socket_text, struct error *err)
{
	const int yes = 1;
	int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
	    bind(fd, at->ai_addr, at->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return failed(fd, socket_text, err);
	return fd;
}

static int
listen_inet(const char *socket_text, bool *local, struct error *err)
{
	struct addrinfo how = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	struct span rest = span_of(socket_text), word;
	char port[8], host[256];
	struct ip ip;
	int fd, status;

	(void)span_cut(&rest, ':', &word);
	how.ai_family = span_is_nocase(word, "inet6") ? AF_INET6 : AF_INET;
	(void)span_cut(&rest, '@', &word);
	(void)span_copy(word, port, sizeof(port));
	(void)span_copy(rest, host, sizeof(host));
	/* Without a host: this one alone, not all the world. */
	if (host[0] == '\0')
		(void)span_copy(span_of("localhost"), host, sizeof(host));
	status = getaddrinfo(host, port, &how, &found);
	if (status != 0) {
		error_set(err, ERROR_INVALID, "%.100s: %s", host,
		    gai_strerror(status));
		return -1;
	}
	*local = ip_from_sockaddr(found->ai_addr, &ip) && ip_is_loopback(&ip);
	fd = listen_at(found, socket_text, err);
	freeaddrinfo(found);
	return fd;
}

int
listen_on(const char *setting, const char *socket_text, bool *local,
    struct error *err)
{
	const char *path = path_of(socket_text);
	int fd;

	*local = true;
	fd = path != NULL ? listen_unix(socket_text, path, err)
			  : listen_inet(socket_text, local, err);
	if (fd < 0)
		error_prefix(err, "%s", setting);
	return fd;
}

void
listen_end(int fd, const char *socket_text)
{
	const char *path = path_of(socket_text);

	if (path != NULL)
		unlink(path);
	close(fd);
}
