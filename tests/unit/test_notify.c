/*
 * What systemd hears (sd_notify(3)): a datagram each, on the socket that it
 * names.
 */
#include "base/notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static int manager;

static void
begin(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	scratch_begin();
	snprintf(at.sun_path, sizeof(at.sun_path), "%.60s/notify", scratch_dir);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(manager, 0);
	ck_assert_int_eq(bind(manager, (struct sockaddr *)&at, sizeof(at)), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
}

static void
end(void)
{
	close(manager);
	scratch_end();
}

/* The next datagram; "": none has come. */
static const char *
heard(void)
{
	static char text[256];
	ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

#ifdef HAVE_SYSTEMD
START_TEST(says_what_it_does)
{
	notify_ready();
	ck_assert_str_eq(heard(), "READY=1");
	notify_alive();
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	notify_stopping();
	ck_assert_str_eq(heard(), "STOPPING=1");
	ck_assert_str_eq(heard(), "");
}
END_TEST

/* systemd asks for the monotonic time with it, in microseconds. */
START_TEST(says_which_reload_it_is)
{
	long long first, second;

	notify_reloading();
	ck_assert_int_eq(
	    sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%lld", &first), 1);
	notify_reloading();
	ck_assert_int_eq(
	    sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%lld", &second), 1);
	ck_assert_int_gt(first, 0);
	ck_assert_int_ge(second, first);
}
END_TEST

static const struct {
	const char *usec;
	int64_t want_ms;
} watchdogs[] = {
	{ NULL, 0 },
	{ "30000000", 10000 },
	{ "3000", 1 },
	{ "0", 0 },
	{ "soon", 0 },
};

START_TEST(how_often_it_is_alive)
{
	unsetenv("WATCHDOG_PID");
	if (watchdogs[_i].usec != NULL)
		setenv("WATCHDOG_USEC", watchdogs[_i].usec, 1);
	else
		unsetenv("WATCHDOG_USEC");
	ck_assert_int_eq(notify_interval_ms(), watchdogs[_i].want_ms);
	/* It may be for another process. */
	setenv("WATCHDOG_PID", "1", 1);
	ck_assert_int_eq(notify_interval_ms(), 0);
}
END_TEST
#endif

/* Nobody listens: nothing happens. */
START_TEST(without_systemd)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	notify_ready();
	notify_reloading();
	notify_alive();
	notify_stopping();
	ck_assert_int_eq(notify_interval_ms(), 0);
	ck_assert_str_eq(heard(), "");
}
END_TEST

static Suite *
notify_suite(void)
{
	Suite *s = suite_create("notify");
	TCase *t = tcase_create("notify");

	tcase_add_checked_fixture(t, begin, end);
#ifdef HAVE_SYSTEMD
	tcase_add_test(t, says_what_it_does);
	tcase_add_test(t, says_which_reload_it_is);
	tcase_add_loop_test(t, how_often_it_is_alive, 0, ARRAY_LEN(watchdogs));
#endif
	tcase_add_test(t, without_systemd);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(notify_suite)
