/* Whatever postqueue prints: no recipient is made up or forgotten. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "ctl/queue.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/queue",
	NULL,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { (const char *)data, size };
	struct queue_mail m;
	struct error err;

	if (!queue_mail_read(line, &m, &err))
		return 0;
	need(m.recipients_n <= m.all_n);
	need(m.id[0] != '\0' && m.id[0] != '-');
	need(memchr(m.sender, '\0', sizeof(m.sender)) != NULL);
	for (size_t i = 0; i < m.recipients_n; i++) {
		const struct addr *a = m.recipients[i];

		need(strrchr(a->text, '@') + 1 == a->domain);
	}
	queue_mail_done(&m);
	return 0;
}
