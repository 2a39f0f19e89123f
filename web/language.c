#include "web/language.h"

#include "base/span.h"

/* "0.8" in thousandths; 1 without one; 0 is "not this one". */
static unsigned
weight(struct span parameter)
{
	unsigned thousandths = 0, place = 1000;
	struct span name = { "", 0 };

	(void)span_cut(&parameter, '=', &name);
	if (!span_is_nocase(span_trim(name), "q"))
		return 1000;
	parameter = span_trim(parameter);
	for (size_t i = 0; i < parameter.len && place > 0; i++) {
		char c = parameter.p[i];

		if (c == '.' && i == 1)
			continue;
		if (c < '0' || c > '9')
			return 0;
		thousandths += (unsigned)(c - '0') * place;
		place /= 10;
	}
	return thousandths > 1000 ? 0 : thousandths;
}

size_t
language_choose(const char *accept, const char *const *names, size_t n)
{
	struct span rest = span_of(accept), item, primary;
	unsigned most = 0;
	size_t best = 0;

	while (span_cut(&rest, ',', &item)) {
		struct span range = { "", 0 };
		unsigned w;

		(void)span_cut(&item, ';', &range);
		w = weight(item);
		range = span_trim(range);
		if (w <= most || !span_cut(&range, '-', &primary))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (!span_is_nocase(primary, names[i]))
				continue;
			best = i;
			most = w;
			break;
		}
	}
	return best;
}
