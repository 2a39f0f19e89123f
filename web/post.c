#include "web/post.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "config.h"

struct post {
	CURL *curl;
	const atomic_bool *ending;
	char why[CURL_ERROR_SIZE];
};

/* What they say to it is of no use. */
static size_t
on_answer(char *bytes, size_t size, size_t n, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * n;
}

/* Not 0: give up. */
static int
on_progress(void *arg, curl_off_t down, curl_off_t down_now, curl_off_t up,
    curl_off_t up_now)
{
	const struct post *p = arg;

	(void)down;
	(void)down_now;
	(void)up;
	(void)up_now;
	return atomic_load(p->ending) ? 1 : 0;
}

struct post *
post_new(const char *url, const atomic_bool *ending, struct error *err)
{
	struct post *p = mem_new(1, sizeof(*p));
	CURL *c;

	p->ending = ending;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		p->curl = curl_easy_init();
	c = p->curl;
	if (c != NULL && curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") ==
		CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)POST_TIMEOUT_S) ==
		CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_USERAGENT,
		"suppressd/" PACKAGE_VERSION) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress) ==
		CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_XFERINFODATA, p) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, p->why) == CURLE_OK)
		return p;
	error_set(err, ERROR_IO, "libcurl does not start");
	post_free(p);
	return NULL;
}

void
post_free(struct post *p)
{
	if (p == NULL)
		return;
	curl_easy_cleanup(p->curl);
	curl_global_cleanup();
	free(p);
}

bool
post_send(struct post *p, const char *header, struct span body,
    struct error *err)
{
	struct curl_slist *headers = curl_slist_append(NULL, header);
	long status = 0;
	CURLcode code;

	headers = curl_slist_append(headers, "Content-Type: application/json");
	/* No wait for "100 Continue". */
	headers = curl_slist_append(headers, "Expect:");
	p->why[0] = '\0';
	(void)curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body.p);
	(void)curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body.len);
	code = curl_easy_perform(p->curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK) {
		error_set(err, ERROR_TEMPORARY, "%.150s",
		    p->why[0] != '\0' ? p->why : curl_easy_strerror(code));
		return false;
	}
	(void)curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return true;
	error_set(err, ERROR_TEMPORARY, "the answer was %ld", status);
	return false;
}
