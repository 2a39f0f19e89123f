/*
 * replay - runs a fuzzer over the inputs that we have: all files of the
 * directories in fuzz_inputs, or those named as arguments. The last line is
 * "N passed, N failed". An input that fails ends the program; its name is
 * the last on standard error.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"

#define INPUT_BYTES (64UL * 1024 * 1024)

static size_t passed, failed;

static void
replay_file(const char *path)
{
	struct buf input;
	struct error err = { 0 };
	uint8_t *block;

	buf_init(&input, INPUT_BYTES);
	if (file_read_path(path, &input, &err)) {
		fprintf(stderr, "%s\n", path);
		/* An exact block, so that ASan sees overreads. */
		block = malloc(input.len != 0 ? input.len : 1);
		if (block == NULL)
			abort();
		if (input.len != 0)
			memcpy(block, input.p, input.len);
		(void)LLVMFuzzerTestOneInput(block, input.len);
		free(block);
		passed++;
	} else {
		fprintf(stderr, "%s\n", err.text);
		failed++;
	}
	buf_done(&input);
}

static void
replay_directory(const char *path)
{
	struct dirent **entries;
	struct stat st;
	struct buf name;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0) {
		perror(path);
		failed++;
		return;
	}
	buf_init(&name, PATH_MAX);
	for (int i = 0; i < n; i++) {
		buf_reset(&name);
		buf_addf(&name, "%s/%s", path, entries[i]->d_name);
		if (stat(buf_text(&name), &st) == 0 && S_ISREG(st.st_mode))
			replay_file(buf_text(&name));
		free(entries[i]);
	}
	free(entries);
	buf_done(&name);
}

/* libFuzzer has a main() of its own, which then comes first. */
__attribute__((weak)) int
main(int argc, char **argv)
{
	const char *srcdir = getenv("SRCDIR");
	struct buf path;

	buf_init(&path, PATH_MAX);
	for (int i = 1; i < argc; i++)
		replay_file(argv[i]);
	for (size_t i = 0; argc == 1 && fuzz_inputs[i] != NULL; i++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", srcdir != NULL ? srcdir : ".",
		    fuzz_inputs[i]);
		replay_directory(buf_text(&path));
	}
	buf_done(&path);
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
