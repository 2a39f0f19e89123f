#include "tests/bench/parse/chain.h"

#include <stdlib.h>

#include "policy/engine.h"

static struct conf *conf;

void
chain_init(void)
{
	conf = conf_defaults();
}

void
chain_read(struct span mail)
{
	const struct arrival arrival = { .assume_trust = true };
	struct lesson lesson;

	engine_explain(conf, NULL, &arrival, mail, 1764000000, &lesson);
	lesson_done(&lesson);
}
