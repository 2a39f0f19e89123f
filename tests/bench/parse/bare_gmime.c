#include "tests/bench/parse/chain.h"

#include <gmime/gmime.h>
#include <stdlib.h>

void
gmime_init(void)
{
	g_mime_init();
}

void
gmime_read(struct span mail)
{
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(mail.p, mail.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message != NULL)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}
