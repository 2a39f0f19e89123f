#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

static char path[128];

static void
begin(void)
{
	scratch_begin();
	snprintf(path, sizeof(path), "%s/file", scratch_dir);
}

static void
put(const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert(file_write_all(fd, content, strlen(content)));
	ck_assert_int_eq(close(fd), 0);
}

/* A file of 10 bytes, read with a maximum. */
static const struct {
	size_t max;
	bool ok;
	const char *want;
} maxima[] = {
	{ 11, true, "0123456789" },
	{ 10, true, "0123456789" },
	{ 9, false, "012345678" },
	{ 0, false, "" },
};

START_TEST(reads_up_to_a_maximum)
{
	struct error err = { 0 };
	struct buf out;

	put("0123456789");
	buf_init(&out, maxima[_i].max);
	ck_assert(file_read_path(path, &out, &err) == maxima[_i].ok);
	ck_assert_str_eq(buf_text(&out), maxima[_i].want);
	if (!maxima[_i].ok) {
		ck_assert_int_eq(err.code, ERROR_LIMIT);
		ck_assert_ptr_nonnull(strstr(err.text, path));
		ck_assert_ptr_nonnull(strstr(err.text, "larger than"));
	}
	buf_done(&out);
}
END_TEST

START_TEST(says_what_it_cannot_read)
{
	struct error err = { 0 };
	struct buf out;

	buf_init(&out, 100);
	ck_assert(!file_read_path(path, &out, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOENT)));
	ck_assert(!file_read_path(scratch_dir, &out, &err));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EISDIR)));
	buf_done(&out);
}
END_TEST

/* A pipe gives and takes as much as it likes at a time. */
START_TEST(reads_a_pipe)
{
	struct error err = { 0 };
	struct buf out;
	int ends[2];
	char piece[1000];

	memset(piece, 'x', sizeof(piece));
	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		for (int i = 0; i < 200; i++)
			if (!file_write_all(ends[1], piece, sizeof(piece)))
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	buf_init(&out, 200000);
	ck_assert(file_read_all(ends[0], "pipe", &out, &err));
	ck_assert_uint_eq(out.len, 200000);
	buf_done(&out);
	close(ends[0]);
}
END_TEST

START_TEST(reads_and_writes_at_a_place)
{
	char got[5] = "";
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	ck_assert(file_pwrite_all(fd, "world", 5, 6));
	ck_assert(file_pwrite_all(fd, "hello ", 6, 0));
	ck_assert(file_pread_all(fd, got, 5, 4));
	ck_assert_mem_eq(got, "o wor", 5);
	errno = EIO;
	ck_assert(!file_pread_all(fd, got, 5, 7));
	ck_assert_int_eq(errno, 0); /* too short */
	ck_assert(file_pread_all(fd, got, 0, 100));
	close(fd);
	ck_assert(!file_pread_all(fd, got, 1, 0));
	ck_assert_int_eq(errno, EBADF);
	ck_assert(!file_write_all(fd, "x", 1));
	ck_assert_int_eq(errno, EBADF);
	ck_assert(!file_pwrite_all(fd, "x", 1, 0));
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(replaces_whole_files)
{
	struct error err = { 0 };
	struct stat st;
	struct buf out;

	put("old and longer");
	umask(077);
	ck_assert_msg(
	    file_replace(scratch_dir, "file", span_of("new"), 0640, &err), "%s",
	    err.text);
	buf_init(&out, 100);
	ck_assert(file_read_path(path, &out, &err));
	ck_assert_str_eq(buf_text(&out), "new");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(stat(scratch_dir, &st), 0);
	ck_assert(file_replace(scratch_dir, "file", (struct span){ "", 0 },
	    0600, &err));
	buf_reset(&out);
	ck_assert(file_read_path(path, &out, &err));
	ck_assert_uint_eq(out.len, 0);
	buf_done(&out);
}
END_TEST

/* What fails leaves the old file and no other. */
START_TEST(replaces_or_leaves)
{
	struct error err = { 0 };
	char below[160];
	char long_name[5000];

	snprintf(below, sizeof(below), "%s/file/x", scratch_dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(mkdir(below, 0700), 0);
	/* A directory stands there. */
	ck_assert(
	    !file_replace(scratch_dir, "file", span_of("new"), 0600, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot rename"));
	ck_assert_int_eq(rmdir(below), 0);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(scratch_dir), 0); /* nothing was left */
	ck_assert(
	    !file_replace(scratch_dir, "file", span_of("new"), 0600, &err));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOENT)));
	ck_assert(!file_sync_dir(scratch_dir, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "cannot sync"));
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ck_assert(!file_replace("/", long_name, span_of("new"), 0600, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

static mode_t
mode_of(const char *of)
{
	struct stat st;

	ck_assert_int_eq(stat(of, &st), 0);
	return st.st_mode & 0777;
}

START_TEST(creates_a_new_file_only)
{
	struct error err;
	struct buf out;

	ck_assert_msg(file_create(path, span_of("first"), 0640, &err), "%s",
	    err.text);
	ck_assert_uint_eq(mode_of(path), 0640);
	ck_assert(!file_create(path, span_of("second"), 0640, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	buf_init(&out, 100);
	ck_assert(file_read_path(path, &out, &err));
	ck_assert_str_eq(buf_text(&out), "first");
	buf_done(&out);
}
END_TEST

START_TEST(makes_a_maildir)
{
	static const char *const folders[] = { "", "/tmp", "/new", "/cur" };
	char dir[140], folder[160];
	struct error err;

	snprintf(dir, sizeof(dir), "%s/mails", scratch_dir);
	for (int again = 0; again < 2; again++)
		ck_assert_msg(file_make_maildir(dir, 0750, &err), "%s",
		    err.text);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(folder, sizeof(folder), "%s%s", dir, folders[i]);
		ck_assert_uint_eq(mode_of(folder), 0750);
	}
	snprintf(folder, sizeof(folder), "%s/no/such", scratch_dir);
	ck_assert(!file_make_maildir(folder, 0750, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
}
END_TEST

START_TEST(makes_a_temporary_file)
{
	struct error err;
	struct stat st, dir;
	char byte;
	int fd;

	setenv("TMPDIR", scratch_dir, 1);
	fd = file_temporary(&err);
	ck_assert_msg(fd >= 0, "%s", err.text);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(stat(scratch_dir, &dir), 0);
	ck_assert_uint_eq(st.st_dev, dir.st_dev);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert(file_write_all(fd, "x", 1));
	ck_assert(file_pread_all(fd, &byte, 1, 0) && byte == 'x');
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);

	snprintf(path, sizeof(path), "%s/none", scratch_dir);
	setenv("TMPDIR", path, 1);
	ck_assert_int_eq(file_temporary(&err), -1);
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_ptr_nonnull(strstr(err.text, "TMPDIR"));

	setenv("TMPDIR", "", 1);
	fd = file_temporary(&err);
	ck_assert_msg(fd >= 0, "%s", err.text);
	close(fd);
}
END_TEST

static bool blind; /* the disk does not give the rest of a directory */

struct dirent *
readdir(DIR *d)
{
	if (!blind)
		return (struct dirent *)(void *)readdir64(d);
	errno = EIO;
	return NULL;
}

START_TEST(tells_a_directory_s_end_from_a_failure)
{
	struct error err = { 0 };
	const char *name;
	bool found = false;
	DIR *d;

	put("x");
	d = opendir(scratch_dir);
	ck_assert_ptr_nonnull(d);
	errno = EIO;
	do {
		ck_assert(file_next_name(d, scratch_dir, &name, &err));
		found = found || (name != NULL && strcmp(name, "file") == 0);
	} while (name != NULL);
	ck_assert(found);
	blind = true;
	rewinddir(d);
	ck_assert(!file_next_name(d, scratch_dir, &name, &err));
	ck_assert_int_eq(err.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, scratch_dir));
	closedir(d);
}
END_TEST

static Suite *
file_suite(void)
{
	Suite *s = suite_create("file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, begin, scratch_end);
	tcase_add_loop_test(t, reads_up_to_a_maximum, 0, ARRAY_LEN(maxima));
	tcase_add_test(t, says_what_it_cannot_read);
	tcase_add_test(t, reads_a_pipe);
	tcase_add_test(t, reads_and_writes_at_a_place);
	tcase_add_test(t, replaces_whole_files);
	tcase_add_test(t, replaces_or_leaves);
	tcase_add_test(t, creates_a_new_file_only);
	tcase_add_test(t, makes_a_maildir);
	tcase_add_test(t, makes_a_temporary_file);
	tcase_add_test(t, tells_a_directory_s_end_from_a_failure);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(file_suite)
