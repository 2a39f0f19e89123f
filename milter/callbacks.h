/*
 * callbacks - libmilter's calls, translated for session.h and back.
 */
#ifndef MILTER_CALLBACKS_H
#define MILTER_CALLBACKS_H

#include "base/attr.h"
#include "base/error.h"
#include "milter/session.h"

/* Registers them for the socket. shared is borrowed for ever. */
bool callbacks_register(const struct shared *shared, const char *socket,
    struct error *err) MUST_CHECK;

/*
 * smfi_main() returns while callbacks still run in other threads. From here
 * on further ones are answered with "try again later" and touch nothing of
 * what is shared; false: one that runs is not done after wait_s seconds.
 */
bool callbacks_stop(int wait_s);

#endif
