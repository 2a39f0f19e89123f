/*
 * native - numbers of the kernel that differ between machines.
 */
#ifndef BASE_NATIVE_H
#define BASE_NATIVE_H

#include <linux/audit.h>
#include <sys/syscall.h>

/* How seccomp(2) calls the machine we are built for; 0: not in this list. */
#if defined(__x86_64__) && defined(__LP64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#define NATIVE_ARCH 0
#endif

/* Newer machines have ppoll(2) only. */
#ifdef SYS_poll
#define NATIVE_POLL SYS_poll
#else
#define NATIVE_POLL SYS_ppoll
#endif

#endif
