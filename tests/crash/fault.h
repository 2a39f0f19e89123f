/*
 * fault - what goes wrong with a disk, at a system call that is chosen by
 * its number. The functions of libc that write, and those that read, are
 * replaced in the whole program (libtdb included); memory maps of TDB's files
 * are refused, so that each of its reads and writes is a call, too. One
 * thread.
 */
#ifndef TESTS_CRASH_FAULT_H
#define TESTS_CRASH_FAULT_H

#include "base/names.h"

enum fault_mode {
	FAULT_NONE,    /* only counts */
	FAULT_KILL,    /* the process dies before the call */
	FAULT_TORN,    /* it dies when half of a write is done */
	FAULT_SHORT,   /* a write does half and says so */
	FAULT_EIO,     /* the call fails, once */
	FAULT_ENOSPC,  /* a write fails, once */
	FAULT_EIO_ON,  /* all calls fail from here on */
	FAULT_FULL_ON, /* all writes fail from here on */
	FAULT_POWER,   /* the machine dies: nothing that was not synced stays */
	FAULT_PAGES,   /* the same, but some of its pages do stay */
	/* Of the calls that read, instead of those that write. */
	FAULT_READ,   /* the call fails, once */
	FAULT_READ_ON /* all calls fail from here on */
};

extern const struct name fault_names[];

/* From now on; at counts from 1. */
void fault_arm(enum fault_mode mode, long at);

/* Calls of the mode's kind since fault_arm(). */
long fault_count(void);

#endif
