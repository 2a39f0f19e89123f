#include "db/line.h"

#include <stdio.h>
#include <string.h>

#include "db/crc32c.h"

#define CRC_MEMBER ",\"crc\":\""
#define TAIL_BYTES (sizeof(CRC_MEMBER) - 1 + 8 + 2)

static void
tail(struct span covered, char out[TAIL_BYTES + 1])
{
	snprintf(out, TAIL_BYTES + 1, CRC_MEMBER "%08x\"}", crc32c(covered));
}

void
line_seal(struct buf *out, size_t from)
{
	char text[TAIL_BYTES + 1];

	tail((struct span){ buf_text(out) + from, out->len - from }, text);
	buf_add_text(out, text);
	buf_add_char(out, '\n');
}

bool
line_check(struct span line, struct error *err)
{
	char want[TAIL_BYTES + 1];

	if (line.len > TAIL_BYTES) {
		tail((struct span){ line.p, line.len - TAIL_BYTES }, want);
		if (memcmp(line.p + line.len - TAIL_BYTES, want, TAIL_BYTES) ==
		    0)
			return true;
	}
	error_set(err, ERROR_CORRUPT, "the line's checksum is wrong");
	return false;
}

void
line_renew(char *line, size_t len)
{
	char text[TAIL_BYTES + 1];

	tail((struct span){ line, len - TAIL_BYTES }, text);
	memcpy(line + len - TAIL_BYTES, text, TAIL_BYTES);
}
