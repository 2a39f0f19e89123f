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

/* Built with AddressSanitizer or ThreadSanitizer? */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
