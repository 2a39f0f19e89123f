/*
 * Any stream of bytes is mails: each within its maximum, none empty but the
 * only one, and all of the stream is read. The first byte says how large a
 * mail may be.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl/mbox.h"
#include "ctl/mbox_line.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/mbox",
	"tests/data",
	NULL,
};

/* The stream; the caller's: close(). */
static int
stream_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("mbox", MFD_CLOEXEC);

	need(fd >= 0);
	need(write(fd, data, size) == (ssize_t)size);
	need(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static void
read_all(int fd, size_t size, size_t max, bool single)
{
	struct mbox *m = mbox_open(fd, max, single);
	struct error err = { 0 };
	struct mbox_mail mail;
	size_t n = 0, bytes = 0;

	while (mbox_next(m, &mail, &err)) {
		n++;
		need(mail.bytes.len <= max);
		need(!mail.too_large || mail.bytes.len == 0);
		need(mail.number == n || (mail.number == 0 && n == 1));
		need(mail.number == 0 || !single);
		bytes += mail.bytes.len;
		need(bytes <= size);
	}
	need(err.code == ERROR_NONE);
	need(n > 0 && (!single || n == 1));
	need(mbox_read(m) == size);
	mbox_close(m);
}

static void
check_lines(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	char *body = malloc(size + 1);
	uint64_t length;
	size_t len = size, header = mbox_line_header(text);

	need(body != NULL && header <= size);
	(void)mbox_line_begins(text);
	(void)mbox_line_length((struct span){ text.p, header }, &length);
	memcpy(body, data, size);
	mbox_line_unquote(body, &len);
	need(len <= size);
	free(body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t max;
	int fd;

	if (size == 0)
		return 0;
	max = 1 + 16UL * data[0];
	fd = stream_of(data + 1, size - 1);
	read_all(fd, size - 1, max, false);
	need(lseek(fd, 0, SEEK_SET) == 0);
	read_all(fd, size - 1, max, true);
	close(fd);
	check_lines(data + 1, size - 1);
	return 0;
}
