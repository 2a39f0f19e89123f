/*
 * spf_sandbox - what the SPF child gives up before it reads a stranger's
 * word. It runs as the daemon's own user, so its user alone protects
 * nothing: neither the store's files nor the daemon.
 *
 *	privileges    root becomes nobody, without groups; no new privileges
 *	              (set-user-ID programs)
 *	files         all but standard input to error (/dev/null) and the
 *	              socket are closed; Landlock: none can be opened, made,
 *	              removed or renamed
 *	system calls  seccomp: memory, time, the resolver's network calls, read
 *	              and write. No program, process, signal or ptrace; sockets
 *	              are IPv4 and IPv6, so that the store's is out of reach
 *	resources     256 MiB of memory, 60 s of processor time, no file
 *	              grows, no core, 16 open files, no processes
 *
 * The network stays: it asks the DNS. A kernel without Landlock or a machine
 * that base/native.h does not know has only one of the two layers; with
 * neither the child does not run. Built with a sanitizer memory and
 * processes are not limited: it reserves terabytes of addresses.
 */
#ifndef POLICY_SPF_SANDBOX_H
#define POLICY_SPF_SANDBOX_H

#include <stdbool.h>

/* For the whole process, for ever. False: it does not hold, end at once. */
bool spf_sandbox(void);

#endif
