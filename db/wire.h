/*
 * wire - what a client and the writer say to each other on writer.sock, in
 * flat JSON lines, version 1:
 *
 *	-> {"v":1,"do":"change","n":2}	and n lines of one change each:
 *	-> {"op":"add","kind":"email","value":"joe@example.com",...}
 *	<- {"v":1,"ok":true}		and n lines of results:
 *	<- {"changed":true,"kept":false,"lifted":0}
 *
 *	-> {"v":1,"do":"load","n":2,"bytes":180,"expected":2}
 *				and these bytes: n changes of one shard (pack.h)
 *	<- {"v":1,"ok":true}	and n bytes: results (pack.h)
 *
 *	-> {"v":1,"do":"rebuild"}
 *	<- {"v":1,"ok":true,"n":123}	events
 *
 *	-> {"v":1,"do":"erase"}	and one line, a change that names the value,
 *				who and why
 *	<- {"v":1,"done":3,"total":150}	now and then
 *	<- {"v":1,"ok":true}		and a line of what it was:
 *	<- {"events":2,"refusals":1,"files":0}
 *
 *	-> {"v":1,"do":"hash"}
 *	<- as with erase
 *
 *	-> {"v":1,"do":"token","bytes":9}	for any word that is not ours,
 *						and the bytes of the question
 *	<- {"v":1,"ok":true,"n":1}	and n lines of store_answer_fn
 *
 * An answer that is not ok has "code" and "text" of struct error. Nothing is
 * done before all of a request has come, and nothing is answered before it
 * is durable.
 */
#ifndef DB_WIRE_H
#define DB_WIRE_H

#include "db/erase.h"
#include "db/store.h"

/* Changes of one request. */
#define WIRE_CHANGES_MAX 200000
/* Changes of a load in one shard: no file of the index holds more. */
#define WIRE_EXPECTED_MAX (LIMIT_SHARD_BYTES / 100)
#define WIRE_LINE_BYTES (16 * 1024)
/* Both ways: whoever is silent for so long is gone. A rebuild may take long:
 * the client waits for its answer without a limit of ours; a question is
 * answered at once, or the daemon hangs. */
#define WIRE_TIMEOUT_S 30
#define WIRE_QUESTION_TIMEOUT_S 5

extern const struct name change_op_names[];
extern const struct name error_code_names[];

void wire_change_encode(const struct change *c, struct buf *out);
bool wire_change_decode(struct span line, struct change *c,
    struct error *err) MUST_CHECK;

void wire_result_encode(const struct change_result *r, struct buf *out);
bool wire_result_decode(struct span line, struct change_result *r,
    struct error *err) MUST_CHECK;

/* The first line of a request. */
struct wire_request {
	char what[16]; /* "change", "load", "rebuild" */
	size_t n;
	size_t bytes;      /* that follow the line */
	uint64_t expected; /* changes of the whole load in this shard */
};
void wire_request_encode(const struct wire_request *q, struct buf *out);
bool wire_request_decode(struct span line, struct wire_request *q,
    struct error *err) MUST_CHECK;

void wire_erasure_encode(const struct erasure *e, struct buf *out);
bool wire_erasure_decode(struct span line, struct erasure *e,
    struct error *err) MUST_CHECK;

/* How far the work has come that will be answered. */
void wire_progress_encode(uint64_t done, uint64_t total, struct buf *out);
bool wire_progress_decode(struct span line, uint64_t *done,
    uint64_t *total) MUST_CHECK;

/* The first line of an answer; failure: the error is in *err. */
void wire_answer_encode(bool ok, uint64_t n, const struct error *why,
    struct buf *out);
bool wire_answer_decode(struct span line, uint64_t *n,
    struct error *err) MUST_CHECK;

/* Sends all of it; false: errno. A peer that is gone is no signal. */
bool wire_send(int fd, const struct buf *out) MUST_CHECK;

/*
 * Who asks, by the kernel. False: root, our own user or STORE_SPEAKER, who may
 * speak for others (sudo, the API's tokens).
 */
bool wire_peer(int fd, char out[LIMIT_ACTOR_TEXT]) MUST_CHECK;

/* Lines out of a socket. */
struct wire_reader {
	int fd;
	struct buf bytes;
	size_t at;
};
void wire_reader_init(struct wire_reader *r, int fd);
void wire_reader_done(struct wire_reader *r);

/* The next line without its LF, borrowed until the next call. False at the
 * end: *err says why, ERROR_NONE when the peer closed between lines. */
bool wire_line(struct wire_reader *r, struct span *line,
    struct error *err) MUST_CHECK;

/* The next n lines, each with its LF, as far as they have room in out. */
bool wire_lines(struct wire_reader *r, size_t n, struct buf *out,
    struct error *err) MUST_CHECK;

/* Exactly len bytes, which have room in out. */
bool wire_bytes(struct wire_reader *r, size_t len, struct buf *out,
    struct error *err) MUST_CHECK;

#endif
