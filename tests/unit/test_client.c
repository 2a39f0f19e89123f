/*
 * A daemon that does not answer as it should: whoever asks it hears an error,
 * and never that something is done.
 */
#include "tests/unit/stores.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "db/erase.h"
#include "db/privacy.h"

static int listening;
static pthread_t thread;
static const char *says; /* to each request, then it hangs up */

/* Takes a request, at least the first of it, and says its piece. */
static void *
play(void *unused)
{
	char request[65536];
	int fd;

	(void)unused;
	while ((fd = accept(listening, NULL, NULL)) >= 0) {
		if (recv(fd, request, sizeof(request), 0) > 0)
			(void)!send(fd, says, strlen(says), MSG_NOSIGNAL);
		(void)shutdown(fd, SHUT_WR);
		/* It is read to its end, or what is on the way is lost. */
		while (recv(fd, request, sizeof(request), 0) > 0)
			;
		close(fd);
	}
	return NULL;
}

static void
begin(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct store *st;

	scratch_begin();
	st = open_as(STORE_WRITE);
	add_users(st, 0, 1);
	store_close(st);
	snprintf(at.sun_path, sizeof(at.sun_path), "%.60s/writer.sock",
	    scratch_dir);
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(listening, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&at, sizeof(at)),
	    0);
	ck_assert_int_eq(listen(listening, 4), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, play, NULL), 0);
}

static void
end(void)
{
	(void)shutdown(listening, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listening);
	scratch_end();
}

static bool
ask_change(struct store *st)
{
	struct change c[2] = {
		change_of(CHANGE_ADD, "a@x.test", SOURCE_USER, "*"),
		change_of(CHANGE_ADD, "b@x.test", SOURCE_USER, "*"),
	};
	struct change_result r[2];

	return store_change(st, c, 2, r, &err);
}

static bool
ask_rebuild(struct store *st)
{
	uint64_t events;

	return store_rebuild(st, &events, &err);
}

static bool
ask_erase(struct store *st)
{
	struct erase_order order = { .by = "alice" };
	struct erasure done;

	ck_assert(value_parse(span_of("user0@x.test"), &order.value, &err));
	return store_erase(st, &order, NULL, NULL, &done, &err);
}

static bool
ask_hash(struct store *st)
{
	struct erasure done;

	return store_hash_all(st, NULL, NULL, &done, &err);
}

static bool
ask_something(struct store *st)
{
	struct buf answer;
	bool ok;

	buf_init(&answer, 1024);
	ok = store_ask(st, "token", span_of("x"), &answer, &err);
	buf_done(&answer);
	return ok;
}

static bool (*const asks[])(struct store *st) = { ask_change, ask_rebuild,
	ask_erase, ask_hash, ask_something };

#define OK "{\"v\":1,\"ok\":true}\n"

/* No answer to any of them. A rebuild needs no more than the first line. */
static const struct {
	const char *says;
	const char *why;
} answers[] = {
	{ "", NULL },
	{ "\n", NULL },
	{ "nonsense\n", NULL },
	{ "{\"v\":1,\"ok\":true", NULL },
	{ "{\"v\":2,\"ok\":true}\n", NULL },
	{ "{\"v\":1,\"ok\":\"yes\"}\n", NULL },
	{ "{\"v\":1}\n", NULL },
	{ "{\"v\":1,\"ok\":false,\"code\":\"limit\",\"text\":\"too much\"}\n",
	    "too much" },
	{ "{\"v\":1,\"ok\":false,\"code\":\"?\",\"text\":\"odd\"}\n", NULL },
	{ "{\"v\":1,\"ok\":false}\n", NULL },
};

START_TEST(no_answer)
{
	struct store *st;

	says = answers[_i].says;
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		st = open_as(STORE_ASK);
		err = (struct error){ 0 };
		ck_assert_msg(!asks[i](st), "ask %zu: it is told as done", i);
		ck_assert_int_ne(err.code, ERROR_NONE);
		ck_assert_msg(err.text[0] != '\0', "ask %zu: nothing is told",
		    i);
		if (answers[_i].why != NULL)
			ck_assert_msg(strstr(err.text, answers[_i].why) != NULL,
			    "%s", err.text);
		/* Lookups go on. */
		ck_assert_uint_eq(live(st, "user0@x.test"), 1);
		store_close(st);
	}
}
END_TEST

/* It begins well and does not go on. */
static const struct {
	size_t ask;
	const char *says;
} halves[] = {
	{ 0, OK },
	{ 0, OK "{\"changed\":true}\n" },
	{ 0, OK "{\"changed\":true}\nnonsense\n" },
	{ 0, OK "{\"changed\":true}\n{\"changed\":" },
	{ 2, OK },
	{ 2, OK "nonsense\n" },
	{ 2, "{\"v\":1,\"done\":1,\"total\":2}\n" },
	{ 3, OK },
	{ 3, "{\"v\":1,\"done\":1,\"total\":2}\n" OK },
	{ 4, "{\"v\":1,\"ok\":true,\"n\":2}\none\n" },
	{ 4, "{\"v\":1,\"ok\":true,\"n\":1}\none" },
};

START_TEST(half_an_answer)
{
	struct store *st = open_as(STORE_ASK);

	says = halves[_i].says;
	ck_assert(!asks[halves[_i].ask](st));
	ck_assert_msg(err.text[0] != '\0', "nothing is told");
	/* And it is asked anew, on another connection. */
	says = "{\"v\":1,\"ok\":true,\"n\":1}\nwell\n";
	ck_assert_msg(ask_something(st), "%s", err.text);
	store_close(st);
}
END_TEST

static Suite *
client_suite(void)
{
	Suite *s = suite_create("client");
	TCase *t = tcase_create("client");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, no_answer, 0, ARRAY_LEN(answers));
	tcase_add_loop_test(t, half_an_answer, 0, ARRAY_LEN(halves));
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(client_suite)
