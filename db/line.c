#include "db/line.h"

#include <string.h>

#include "db/crc32c.h"

#define CRC_MEMBER ",\"crc\":\""
#define TAIL_BYTES (sizeof(CRC_MEMBER) - 1 + 8 + 2)

/* snprintf(3) took a tenth of the time to write a line. */
void
line_hex(char *out, uint64_t number, size_t digits)
{
	while (digits-- > 0) {
		out[digits] = "0123456789abcdef"[number & 15];
		number >>= 4;
	}
}

static void
tail(struct span covered, char out[TAIL_BYTES + 1])
{
	size_t at = sizeof(CRC_MEMBER) - 1;

	memcpy(out, CRC_MEMBER, at);
	line_hex(out + at, crc32c(covered), 8);
	memcpy(out + at + 8, "\"}", 3);
}

void
line_seal(struct buf *out, size_t from)
{
	char text[TAIL_BYTES + 1];

	tail((struct span){ buf_text(out) + from, out->len - from }, text);
	buf_add_text(out, text);
	buf_add_char(out, '\n');
}

void
line_unseal(struct buf *out)
{
	out->len -= TAIL_BYTES + 1;
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
