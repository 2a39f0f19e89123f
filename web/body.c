#include "web/body.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

void
body_init(struct body *b, size_t most)
{
	*b = (struct body){ .most = most, .fd = -1 };
	buf_init(&b->memory,
	    most < LIMIT_WEB_MEMORY_BYTES ? most : LIMIT_WEB_MEMORY_BYTES);
}

void
body_done(struct body *b)
{
	buf_done(&b->memory);
	if (b->map != NULL)
		(void)munmap(b->map, b->len);
	if (b->fd >= 0)
		close(b->fd);
	body_init(b, 0);
}

static bool
no_room(struct error *err)
{
	error_errno(err, "no room for a request");
	return false;
}

/* From here on it is in a file. */
static bool
move(struct body *b, struct error *err)
{
	b->fd = file_temporary(err);
	if (b->fd < 0)
		return false;
	if (!file_write_all(b->fd, buf_text(&b->memory), b->memory.len))
		return no_room(err);
	buf_done(&b->memory);
	return true;
}

bool
body_add(struct body *b, const void *bytes, size_t len, struct error *err)
{
	b->full = b->full || len > b->most - b->len;
	if (b->full)
		return true;
	if (b->fd < 0 && len > b->memory.max - b->memory.len && !move(b, err))
		return false;
	if (b->fd < 0)
		buf_add(&b->memory, bytes, len);
	else if (!file_write_all(b->fd, bytes, len))
		return no_room(err);
	b->len += len;
	return true;
}

bool
body_span(struct body *b, struct span *out, struct error *err)
{
	if (b->fd < 0) {
		*out = buf_span(&b->memory);
		return true;
	}
	if (b->map == NULL) {
		void *map =
		    mmap(NULL, b->len, PROT_READ, MAP_PRIVATE, b->fd, 0);

		if (map == MAP_FAILED)
			return no_room(err);
		b->map = map;
	}
	*out = (struct span){ b->map, b->len };
	return true;
}
