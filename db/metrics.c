/*
 * metrics - the store in numbers, for a monitoring system.
 */
#include "db/store_impl.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

void
store_writer_metrics(struct store *st, struct buf *out)
{
	metrics_one(out, METRICS_COUNTER, "suppressd_journal_events_total",
	    "Events in the journal.", atomic_load(&st->told_lsn));
	metrics_one(out, METRICS_GAUGE, "suppressd_journal_lag_events",
	    "Events that the next start has to look at again.",
	    atomic_load(&st->told_behind));
	metrics_one(out, METRICS_GAUGE, "suppressd_store_writable",
	    "0: a disk error forbids this process to write; restart it.",
	    atomic_load(&st->told_poisoned) ? 0 : 1);
	metrics_histogram(out, "suppressd_commit_seconds",
	    "How long a batch of changes took to be durable.", &st->commits);
}

/* Of the files in one of the store's directories; one that goes meanwhile
 * does not count. */
static uint64_t
bytes_in(const struct store *st, const char *name)
{
	char path[STORE_PATH_TEXT];
	uint64_t bytes = 0;
	struct dirent *entry;
	struct stat info;
	DIR *dir;

	store_path(st, name, path);
	dir = opendir(path);
	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &info,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(info.st_mode))
			bytes += (uint64_t)info.st_size;
	closedir(dir);
	return bytes;
}

void
store_metrics(struct store *st, struct buf *out)
{
	static const char *const parts[] = { "journal", "index", "refusals",
		"quarantine" };
	static const char bytes[] = "suppressd_store_bytes";

	metrics_begin(out, METRICS_GAUGE, bytes, "Size of the store's files.");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct metrics_label part = { "part", parts[i] };

		metrics_add(out, bytes, &part, 1, bytes_in(st, parts[i]));
	}
	metrics_one(out, METRICS_GAUGE, "suppressd_store_records",
	    "Values that something is known of, on the list or not.",
	    index_values(st));
}
