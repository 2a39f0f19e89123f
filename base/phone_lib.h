/*
 * phone_lib - libphonenumber as C: phone_lib.cc, or phone_without.c where it
 * is not there. Read by both languages; phone.c is what others call.
 */
#ifndef BASE_PHONE_LIB_H
#define BASE_PHONE_LIB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum phone_result {
	PHONE_OK,
	PHONE_NO_LIBRARY,
	PHONE_NO_REGION, /* a national number, and region is "" */
	PHONE_INVALID
};

/* As E.164 and NUL-ended into out, which has size bytes. Thread safe. */
enum phone_result phone_lib_parse(const char *text, size_t len,
    const char *region, char *out, size_t size);

/* PHONE_OK: there is such a region ("FR"). */
enum phone_result phone_lib_region(const char *region);

#ifdef __cplusplus
}
#endif

#endif
