#include "milter/maildir.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#define PATH_BYTES 1024

/* A mailer's lines end with CRLF, those of a Maildir with LF. */
static void
unix_lines(struct span mail, struct buf *out)
{
	for (size_t i = 0; i < mail.len; i++)
		if (mail.p[i] != '\r' || i + 1 == mail.len ||
		    mail.p[i + 1] != '\n')
			buf_add_char(out, mail.p[i]);
}

bool
maildir_put(const char *dir, struct span mail, struct error *err)
{
	static atomic_uint last;
	char host[65] = "localhost", name[160], tmp[PATH_BYTES];
	char made[PATH_BYTES], folder[PATH_BYTES];
	struct buf lines;
	bool ok;

	buf_init(&lines, mail.len);
	unix_lines(mail, &lines);
	(void)gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%lld.P%ldQ%u.%s", (long long)clock_now(),
	    (long)getpid(), atomic_fetch_add(&last, 1), host);
	snprintf(tmp, sizeof(tmp), "%s/tmp/%s", dir, name);
	snprintf(folder, sizeof(folder), "%s/new", dir);
	snprintf(made, sizeof(made), "%s/new/%s", dir, name);
	ok = file_make_maildir(dir, 0750, err) &&
	     file_create(tmp, buf_span(&lines), 0640, err);
	buf_done(&lines);
	if (!ok)
		return false;
	if (rename(tmp, made) != 0) {
		error_errno(err, "cannot rename %.180s", tmp);
		unlink(tmp);
		return false;
	}
	return file_sync_dir(folder, err);
}
