/*
 * attr - what the compiler checks for us.
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The caller has to look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* printf-like: the format is argument f, its values start at argument a. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
