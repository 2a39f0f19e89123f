/*
 * conf_text - a configuration from the text of its file.
 */
#ifndef TESTS_UNIT_CONF_TEXT_H
#define TESTS_UNIT_CONF_TEXT_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "tests/unit/unit.h"

/* The caller's: conf_unref(). */
static inline struct conf *
conf_of(const char *text)
{
	char path[] = "/tmp/suppressd-conf.XXXXXX";
	int fd = mkstemp(path);
	struct error failed = { 0 };
	struct conf *conf;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	conf = conf_load(path, &failed);
	unlink(path);
	ck_assert_msg(conf != NULL, "%s", failed.text);
	return conf;
}

#endif
