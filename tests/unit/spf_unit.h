/*
 * spf_unit - what the tests that start an SPF child share.
 */
#ifndef TESTS_UNIT_SPF_UNIT_H
#define TESTS_UNIT_SPF_UNIT_H

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/spf.h"
#include "tests/unit/dns.h"
#include "tests/unit/unit.h"

/* The test program is the child, too, as suppressd is. */
#define SPF_UNIT_MAIN(suite_function)                                          \
	int main(int argc, char **argv)                                        \
	{                                                                      \
		if (argc == 2 && strcmp(argv[1], SPF_CHILD_ARGUMENT) == 0)     \
			return spf_child_main();                               \
		return unit_run(suite_function());                             \
	}

static inline struct spf *
spf_start(const char *server, int port, int timeout_s)
{
	struct spf_settings settings = { .port = port,
		.timeout_s = timeout_s,
		.program = "/proc/self/exe" };
	struct error failed = { 0 };
	struct spf *s;

	(void)span_copy(span_of(server), settings.server,
	    sizeof(settings.server));
	s = spf_open(&settings, &failed);
	ck_assert_msg(s != NULL, "%s", failed.text);
	return s;
}

/* The parent of a process; 0 when there is none such. */
static inline pid_t
parent_of(const char *pid)
{
	char path[64], line[512] = "";
	const char *behind;
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	(void)!fgets(line, sizeof(line), f);
	fclose(f);
	/* "PID (NAME) STATE PARENT ...": a zombie is nobody's child here. */
	behind = strrchr(line, ')');
	if (behind == NULL || behind[2] == 'Z' ||
	    sscanf(behind + 3, "%d", &parent) != 1)
		return 0;
	return parent;
}

/* The only child of this process; 0: there is none. */
static inline pid_t
child_pid(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	pid_t found = 0;

	ck_assert_ptr_nonnull(proc);
	while ((entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    parent_of(entry->d_name) != getpid())
			continue;
		ck_assert_int_eq(found, 0);
		found = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	closedir(proc);
	return found;
}

#endif
