#include "policy/stream.h"

enum fits { FITS_NO, FITS_YES, FITS_WAIT };

static bool
text_fits(const struct conf_matches *list, const char *text)
{
	return list->n == 0 || (text[0] != '\0' && conf_matches(list, text));
}

static enum fits
header_fits(const struct conf_matches *list, const struct conf_texts *headers)
{
	if (list->n == 0)
		return FITS_YES;
	if (headers == NULL)
		return FITS_WAIT;
	for (size_t i = 0; i < headers->n; i++)
		if (conf_matches(list, headers->list[i]))
			return FITS_YES;
	return FITS_NO;
}

static enum fits
fits(const struct conf_stream *s, const struct sender_facts *facts)
{
	if (!text_fits(&s->login, facts->login) ||
	    !text_fits(&s->daemon, facts->daemon) ||
	    !text_fits(&s->sender, facts->sender) ||
	    (s->client.n > 0 && !conf_networks(&s->client, &facts->client)))
		return FITS_NO;
	return header_fits(&s->header, facts->headers);
}

const struct conf_stream *
stream_pick(const struct conf *conf, const struct sender_facts *facts)
{
	for (size_t i = 0; i < conf->streams_n; i++) {
		switch (fits(&conf->streams[i], facts)) {
		case FITS_YES:
			return &conf->streams[i];
		case FITS_WAIT:
			return NULL;
		case FITS_NO:
			break;
		}
	}
	/* conf_load() sees to it that the last one takes all. */
	return &conf->streams[conf->streams_n - 1];
}
