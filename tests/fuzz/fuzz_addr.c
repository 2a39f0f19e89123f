/* Any text is an address, a value, a list of them, or an error. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/value.h"

const char *const fuzz_inputs[] = {
	"tests/fuzz/corpus/addr",
	NULL,
};

/* What is canonical stays as it is, and its domain is behind the last "@". */
static void
check_addr(const struct addr *a)
{
	struct error err = { 0 };
	struct addr again;

	need(strlen(a->text) < sizeof(a->text));
	need(strlen(a->shown) < sizeof(a->shown));
	need(a->domain == strrchr(a->text, '@') + 1);
	need(strpbrk(a->text, "\r\n") == NULL);
	need(addr_parse(span_of(a->text), &again, &err));
	need(strcmp(again.text, a->text) == 0);
}

static void
check_keys(const struct addr *a)
{
	struct value_walk w;
	struct value key;
	size_t n = 0;

	value_walk_init(&w, a);
	while (value_walk_next(&w, &key))
		n++;
	need(n >= 2 && n <= VALUE_KEYS_MAX);
}

static void
check_value(struct span s)
{
	struct error err = { 0 };
	struct value v, again;

	if (!value_parse(s, &v, &err)) {
		need(err.code == ERROR_INVALID && err.text[0] != '\0');
		return;
	}
	need(value_parse(span_of(v.text), &again, &err));
	need(again.kind == v.kind && strcmp(again.text, v.text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = { (const char *)data, size };
	struct error err = { 0 };
	struct addr a;
	size_t n = 0;

	if (addr_parse(s, &a, &err)) {
		check_addr(&a);
		check_keys(&a);
	}
	if (addr_from_header(s, &a, &n)) {
		need(n > 0);
		check_addr(&a);
	}
	check_value(s);
	return 0;
}
