/*
 * limits - every maximum in one place, with where it comes from.
 * Sizes are bytes; a _TEXT size has room for the closing NUL.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* RFC 5321 4.5.3.1.1: 64, in bytes of UTF-8 (RFC 6531 3.3 keeps it); quoted
 * pairs may double what is on the wire. Some real providers pass 64. */
#define LIMIT_LOCAL_PART_BYTES 128
/* RFC 5321 4.5.3.1.2, RFC 1035 2.3.4. */
#define LIMIT_DOMAIN_BYTES 255
/* A canonical value or its spelling as it came, with "@" and NUL. */
#define LIMIT_VALUE_TEXT 512

/* The name in a LinkedIn profile's URL; they allow 100 characters. */
#define LIMIT_PROFILE_TEXT 201

/* Words of an event; longer ones are cut at a character. */
#define LIMIT_STREAM_TEXT 64
#define LIMIT_ACTOR_TEXT 128
#define LIMIT_WHY_TEXT 512
#define LIMIT_CONTACT_TEXT 40
#define LIMIT_CONTACT_NAME_TEXT 256
#define LIMIT_WORD_TEXT 64

/* A journal line (facts measured with lines up to this size). */
#define LIMIT_JOURNAL_LINE_BYTES (16 * 1024)
/* A segment is closed when it has grown past this. */
#define LIMIT_SEGMENT_BYTES (64L * 1024 * 1024)
/* Values of a contact, contacts of a value: a block of a contact is one batch,
 * and what a record holds is read at each look-up of it. */
#define LIMIT_CONTACT_VALUES 200
#define LIMIT_VALUE_CONTACTS 200
/* One batch: all of it or nothing of it. Offsets are 32 bits. */
#define LIMIT_BATCH_BYTES (1024L * 1024 * 1024)
/* Packed changes of one slice of a load, and how many they may be: what a
 * writer holds in memory for one. */
#define LIMIT_SLICE_BYTES (64L * 1024 * 1024)
#define LIMIT_SLICE_CHANGES 200000
/* Refusals that wait for the disk: some ten thousand of them. */
#define LIMIT_REFUSALS_BYTES (4L * 1024 * 1024)
/* A shard ends at 4 GiB for TDB; we never pass half of that. */
#define LIMIT_SHARD_BYTES (2048L * 1024 * 1024)

/* A report: larger mail is delivered on unread. */
#define LIMIT_REPORT_BYTES (10L * 1024 * 1024)
/* MIME: nesting, parts, and one decoded part that we look into. */
#define LIMIT_MIME_DEPTH 16
#define LIMIT_MIME_PARTS 200
/* The header of the mail, or of a part. Its fields are walked often; Postfix
 * passes on some 100 KB of a field (header_size_limit), and reports have few
 * and short ones. */
#define LIMIT_MIME_HEADER_BYTES (256 * 1024)
#define LIMIT_PART_BYTES (1024 * 1024)
/* The text of a notice, for people, that we look into; and one line of it. */
#define LIMIT_NOTICE_BYTES (64 * 1024)
#define LIMIT_NOTICE_LINE_BYTES 2000
/* Recipients of one report, addresses in one field. */
#define LIMIT_REPORT_RECIPIENTS 1000
/* An unfolded header field or report field. */
#define LIMIT_FIELD_BYTES (16 * 1024)

/* Headers that we keep of one message to find its stream: Postfix shows a
 * milter at most 60000 bytes. */
#define LIMIT_MESSAGE_HEADER_BYTES (256 * 1024)

/* The header with our token, folds and all: at least so much room that some
 * recipients always fit, at most what LIMIT_FIELD_BYTES reads again. */
#define LIMIT_TOKEN_LEAST_BYTES 512
#define LIMIT_TOKEN_BYTES 8192
/* Places where a report may bring a token back that are looked at, of each
 * kind: headers, recipients. */
#define LIMIT_TOKENS 16
/* The subject of a mail that asks to unsubscribe: it holds a token, of 684
 * letters (below); and whom such a mail is to. */
#define LIMIT_UNSUBSCRIBE_SUBJECT 1024
#define LIMIT_UNSUBSCRIBE_TO 8
/* The address or URL that a stream's mail offers its recipients: it stands in
 * one line of a header (998, RFC 5322 2.1.1) beside a token, which has 684
 * letters for the longest address of SMTP (254, RFC 5321 4.5.3.1.3). */
#define LIMIT_OFFER_TEXT 240
/* The longest line of a header, without its CRLF: RFC 5322 2.1.1. */
#define LIMIT_HEADER_LINE_BYTES 998
/* The local part of a return path, before the token: of 64 (RFC 5321
 * 4.5.3.1.1) that leaves nine for the sender's. */
#define LIMIT_RETURN_PATH_LOCAL_BYTES 24
/* The name of a key, and its NUL. */
#define LIMIT_KEY_ID_TEXT 33

/* RFC 5321 4.5.3.1.5: a reply line is 512 with code and CRLF; libmilter
 * refuses more than 980. */
#define LIMIT_REPLY_TEXT 400

/* Configuration: no site needs more, and a typo can't eat memory. */
#define LIMIT_LIST_ENTRIES 10000
#define LIMIT_CONF_BYTES (1024 * 1024)

/* An import: one line, or one record of CSV with all its lines; and its
 * columns. */
#define LIMIT_IMPORT_RECORD_BYTES (64 * 1024)
#define LIMIT_IMPORT_COLUMNS 256
/* The name of a batch, and its NUL. */
#define LIMIT_BATCH_TEXT 32
/* HTTP: a request's line and headers (RFC 9110 4.1 wants 8000 for an address
 * alone), a form, an answer. */
#define LIMIT_WEB_HEADER_BYTES (32 * 1024)
#define LIMIT_WEB_FORM_BYTES (16 * 1024)
#define LIMIT_WEB_ANSWER_BYTES (64L * 1024 * 1024)
/* A body with values, and how many there may be; rows of a page. */
#define LIMIT_WEB_JSON_BYTES (1024 * 1024)
#define LIMIT_WEB_VALUES 10000
#define LIMIT_WEB_ROWS 1000
#define LIMIT_WEB_IDEMPOTENCY 255
/* A body that is longer is in a file. */
#define LIMIT_WEB_MEMORY_BYTES (1024 * 1024)
/* A list to be imported, at most, by the setting; and its lines that the answer
 * names. */
#define LIMIT_WEB_IMPORT_MIB 1024
#define LIMIT_WEB_IMPORT_LINES 10000
/* Answers that are kept for requests that may come twice: all of them, and how
 * long. */
#define LIMIT_WEB_REPEATS 10000
#define LIMIT_WEB_REPEATS_BYTES (64L * 1024 * 1024)
#define LIMIT_WEB_REPEAT_S (24 * 3600)
/* A template, and the languages that there are words for. */
#define LIMIT_WEB_TEMPLATE_BYTES (256 * 1024)
#define LIMIT_WEB_LANGUAGES 64

/* A pattern's work per subject, in items of the pattern that are tried. */
#define LIMIT_MATCH_STEPS 100000

#endif
