/*
 * spf_plain - linked into a test, the SPF child has no sandbox and ends by
 * itself: in the sandbox no tool that watches a program (valgrind, coverage)
 * can write down what it has seen, and nothing can once it is killed.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/spf_sandbox.h"

bool
spf_sandbox(void)
{
	return true;
}

/* Its socket has been closed: it reads the end of file and ends. */
int
kill(pid_t pid, int sig)
{
	return sig == SIGKILL ? 0 : (int)syscall(SYS_kill, pid, sig);
}
