/*
 * notify - what we tell the service manager (sd_notify(3)). Without
 * libsystemd, or when it is not systemd that has started us, nothing.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);

/* Milliseconds between two notify_alive(); 0: nobody waits for them. */
int64_t notify_interval_ms(void);

#endif
