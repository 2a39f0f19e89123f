/*
 * bench_parse - reads the mails of a folder again and again, one way.
 *
 * usage: bench_parse chain|gmime DIR SECONDS
 *
 * Prints "MESSAGES CPU-SECONDS BYTES": what was read in at least so many
 * seconds of CPU time, and by how much the resident memory has grown from
 * the end of the first round on.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/bench/parse/chain.h"

static const struct {
	const char *name;
	void (*init)(void);
	void (*read)(struct span mail);
} ways[] = {
	{ "chain", chain_init, chain_read },
	{ "gmime", gmime_init, gmime_read },
};

static struct buf *mails;
static size_t mails_n;

static int
is_mail(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end != NULL && strcmp(end, ".eml") == 0;
}

static bool
load(const char *dir, struct error *err)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_mail, alphasort);
	bool ok = n > 0;

	if (!ok)
		error_set(err, ERROR_IO, "%.200s: no mails there", dir);
	mails = mem_new(n > 0 ? (size_t)n : 1, sizeof(*mails));
	for (int i = 0; i < n; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		buf_init(&mails[mails_n], LIMIT_REPORT_BYTES);
		ok = ok && file_read_path(path, &mails[mails_n++], err);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return ok;
}

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long
resident_bytes(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	if (f != NULL)
		fclose(f);
	return resident * sysconf(_SC_PAGESIZE);
}

static void
read_all(void (*read)(struct span mail))
{
	for (size_t i = 0; i < mails_n; i++)
		read(buf_span(&mails[i]));
}

int
main(int argc, char **argv)
{
	struct error err;
	unsigned long messages = 0;
	size_t way = 0;
	double begin;
	long resident;

	if (argc != 4) {
		fputs("usage: bench_parse chain|gmime DIR SECONDS\n", stderr);
		return 2;
	}
	while (way < ARRAY_LEN(ways) && strcmp(ways[way].name, argv[1]) != 0)
		way++;
	if (way == ARRAY_LEN(ways) || !load(argv[2], &err)) {
		fprintf(stderr, "bench_parse: %s\n",
		    way == ARRAY_LEN(ways) ? argv[1] : err.text);
		return 2;
	}
	ways[way].init();
	read_all(ways[way].read);
	resident = resident_bytes();
	begin = cpu_s();
	while (cpu_s() - begin < strtod(argv[3], NULL)) {
		read_all(ways[way].read);
		messages += mails_n;
	}
	printf("%lu %f %ld\n", messages, cpu_s() - begin,
	    resident_bytes() - resident);
	return 0;
}
