#include "policy/spf_sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/native.h"
#include "policy/spf_wire.h"

#define NOBODY 65534
#define MEMORY_BYTES (256UL * 1024 * 1024)
#define CPU_S 60

static void
limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };

	(void)setrlimit((__rlimit_resource_t)what, &r);
}

static void
limits(void)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 16);
	limit(RLIMIT_CPU, CPU_S);
	if (SANITIZED)
		return;
	limit(RLIMIT_AS, MEMORY_BYTES);
	limit(RLIMIT_NPROC, 0);
}

/*
 * What Landlock restricts grew from version to version of its interface, and
 * the headers that we are built with may be older than the kernel: so the
 * numbers of landlock(7) are written out.
 */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

static const struct ruleset restricted[] = {
	{ 0x1FFF, 0, 0 }, /* 1: run, read, write, make, remove */
	{ 0x3FFF, 0, 0 }, /* 2: and link or rename elsewhere */
	{ 0x7FFF, 0, 0 }, /* 3: and truncate */
	{ 0x7FFF, 1, 0 }, /* 4: and bind a TCP port */
	{ 0xFFFF, 1, 0 }, /* 5: and ioctl of a device */
	{ 0xFFFF, 1, 3 }, /* 6: and abstract sockets and signals */
};

/* Everything is restricted, and there is no rule that allows anything. */
static bool
landlock(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	const struct ruleset *rules;
	bool ok;
	long fd;

	if (version < 1)
		return false;
	if (version > (long)ARRAY_LEN(restricted))
		version = ARRAY_LEN(restricted);
	rules = &restricted[version - 1];
	fd = syscall(SYS_landlock_create_ruleset, rules, sizeof(*rules), 0);
	if (fd < 0)
		return false;
	ok = syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
	close((int)fd);
	return ok;
}

/* All that the child calls once it is set up; socket(2) is apart. */
static const int needed[] = {
	SYS_read,
	SYS_write,
	SYS_close,
	SYS_connect,
	SYS_sendto,
	SYS_sendmsg,
	SYS_sendmmsg,
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_writev,
	NATIVE_POLL,
	SYS_ppoll,
	SYS_fcntl,
	SYS_ioctl,
	SYS_getsockopt,
	SYS_setsockopt,
	SYS_getsockname,
	SYS_brk,
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_mprotect,
	SYS_madvise,
	SYS_futex,
	SYS_clock_gettime,
	SYS_gettimeofday,
	SYS_getrandom,
	SYS_uname, /* libspf2 asks for the host name */
	SYS_getpid,
	SYS_gettid,
	SYS_sched_yield,
	SYS_sigaltstack,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
};

#define DENY (SECCOMP_RET_ERRNO | EPERM)
#define LOAD(member)                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (uint32_t)offsetof(struct seccomp_data, member))
/* Goes on behind the next statement unless it is number. */
#define IS(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)

/* The others fail with EPERM, so that a library that tries one goes on. */
static bool
seccomp(void)
{
	static const struct sock_filter head[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		RETURN(DENY),
		LOAD(nr),
	};
	/* The family is the low half of an argument on these machines. */
	static const struct sock_filter tail[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
		RETURN(DENY),
		LOAD(args[0]),
		IS(AF_INET),
		RETURN(SECCOMP_RET_ALLOW),
		IS(AF_INET6),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(DENY),
	};
	struct sock_filter
	    filter[ARRAY_LEN(head) + 2 * ARRAY_LEN(needed) + ARRAY_LEN(tail)];
	struct sock_fprog program = { .filter = filter };
	unsigned short n = 0;

	if (NATIVE_ARCH == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		filter[n++] = head[i];
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		filter[n++] = (struct sock_filter)IS((uint32_t)needed[i]);
		filter[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < ARRAY_LEN(tail); i++)
		filter[n++] = tail[i];
	program.len = n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool
no_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	if (getuid() != 0 && geteuid() != 0)
		return true;
	return setgroups(0, NULL) == 0 &&
	       setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

bool
spf_sandbox(void)
{
	bool files, calls;

	(void)close_range(SPF_CHILD_FD + 1, ~0U, 0);
	(void)prctl(PR_SET_DUMPABLE, 0);
	limits();
	if (!no_privileges())
		return false;
	files = landlock();
	calls = seccomp();
	return files || calls;
}
