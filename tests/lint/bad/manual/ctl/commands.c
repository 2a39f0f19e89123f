const struct command commands[] = {
	{ "frobnicate", "VALUE" },
};
