/*
 * little - numbers in files and on sockets, little-endian, of 1 to 8 bytes.
 * Here and not in a .c: with a fixed size each is an instruction or two.
 */
#ifndef BASE_LITTLE_H
#define BASE_LITTLE_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void
little_put(void *out, uint64_t number, size_t bytes)
{
	uint64_t little = htole64(number);

	memcpy(out, &little, bytes);
}

static inline uint64_t
little_get(const void *in, size_t bytes)
{
	uint64_t little = 0;

	memcpy(&little, in, bytes);
	return le64toh(little);
}

#endif
