/*
 * Any bytes are read as a list, line by line, and end; what is taken can be
 * packed and comes back as it was.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "db/pack.h"
#include "policy/import_line.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/import",
	"tests/data/import",
	NULL,
};

static void
check(const struct change *c)
{
	struct change clean = *c, back;
	struct error err;
	struct buf packed;
	struct span rest;
	uint64_t tag;

	need(c->op == CHANGE_ADD && c->if_new && c->source != 0);
	need(c->stream[0] != '\0' && c->value.text[0] != '\0');
	if (!change_clean(&clean, &err))
		return;
	buf_init(&packed, PACK_BYTES_MAX);
	pack_change(&clean, 7, &packed);
	need(!packed.full && packed.len >= PACK_BYTES_LEAST);
	rest = buf_span(&packed);
	need(pack_next(&rest, &back, &tag, &err));
	need(tag == 7 && rest.len == 0 && back.since == clean.since);
	for (size_t i = 0; i < CHANGE_TEXTS; i++) {
		size_t at = change_texts[i].offset;

		need(strcmp((char *)&back + at, (char *)&clean + at) == 0);
	}
	buf_done(&packed);
}

static void
read_list(int fd, size_t size)
{
	const struct import_defaults defaults = { .by = "fuzz",
		.batch = "b",
		.now = 1000 };
	struct import_reader *r = import_reader_new(fd, &defaults);
	enum import_result result;
	struct span value;
	struct change c;
	struct error err;
	uint64_t line, last = 0;

	do {
		result = import_reader_next(r, &c, &line, &value, &err);
		if (result == IMPORT_CHANGE || result == IMPORT_BAD) {
			need(line > last && line <= size + 1);
			last = line;
		}
		if (result == IMPORT_CHANGE)
			check(&c);
	} while (result != IMPORT_END && result != IMPORT_FAILED);
	import_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("import", MFD_CLOEXEC);

	need(fd >= 0);
	if (file_pwrite_all(fd, data, size, 0))
		read_list(fd, size);
	close(fd);
	return 0;
}
