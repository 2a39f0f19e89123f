"""What processes need, second by second, and whether that grows."""
import os
import statistics

WHAT = ("KiB", "descriptors", "threads")
MOST_GROWTH = (2048, 4, 4)
MOST_KIB = 64 * 1024    # at any time

# Seconds. A life is judged by itself if it lasted for some, by its beginning
# beside the others'.
LEAST_LIFE = 60
BEGINNING = 10
LEAST_BEGINNING = 5
LEAST_LIVES = 6


# Of these many segments of the journal a process keeps one open that it has
# read: JOURNAL_READ_FDS, and the one that grows.
KEPT_SEGMENTS = 65


def is_segment(link):
    try:
        return "/journal/" in os.readlink(link)
    except FileNotFoundError:   # it is closed by now
        return False


def descriptors(pid):
    """But those of the journal that may stay open."""
    numbers = os.listdir(f"/proc/{pid}/fd")
    segments = sum(is_segment(f"/proc/{pid}/fd/{n}") for n in numbers)
    return len(numbers) - min(segments, KEPT_SEGMENTS)


def size_of(pid):
    """Memory without what files have, descriptors, threads; None: it is
    gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            lines = dict(line.split(":", 1) for line in f)
        return (int(lines["RssAnon"].split()[0]),
                descriptors(pid),
                int(lines["Threads"]))
    except (OSError, KeyError):
        return None


def medians(sizes):
    return [int(statistics.median(column)) for column in zip(*sizes)]


def second_and_last(row):
    """The sixths that are compared: the first one is for warming up."""
    sixth = len(row) // 6
    return row[sixth:2 * sixth], row[-sixth:]


class Sizes:
    def __init__(self):
        self.lives = {}     # program: the sizes of each process it was
        self.pids = {}

    def look(self, program, pid):
        lives = self.lives.setdefault(program, [])
        if self.pids.get(program) != pid:
            self.pids[program] = pid
            lives.append([])
        size = size_of(pid)
        if size:
            lives[-1].append(size)

    def last(self):
        return "; ".join(f"{program}: {lives[-1][-1]}"
                         for program, lives in self.lives.items()
                         if lives[-1])

    def judge(self):
        """Growth within one life and from life to life."""
        wrong = []
        for program, lives in self.lives.items():
            most = max(kib for life in lives for kib, _, _ in life)
            print(f"{program}: {most} KiB at most")
            if most > MOST_KIB:
                wrong.append(f"{program}: {most} KiB")
            long = [life for life in lives if len(life) >= LEAST_LIFE]
            if not long:
                wrong.append(f"{program}: too short to see anything grow")
            for life in long:
                wrong += self.compare(f"{program}, {len(life)} s", life)
            if len(lives) > 1:
                wrong += self.compare_lives(program, lives)
        assert not wrong, "; ".join(wrong)

    def compare_lives(self, program, lives):
        beginnings = [medians(life[:BEGINNING]) for life in lives
                      if len(life) >= LEAST_BEGINNING]
        if len(beginnings) < LEAST_LIVES:
            return [f"{program}: {len(beginnings)} lives are too few to "
                    f"compare"]
        return self.compare(f"{program}, {len(beginnings)} lives", beginnings)

    @staticmethod
    def compare(name, row):
        before, after = (medians(sizes) for sizes in second_and_last(row))
        print(f"{name}: " + ", ".join(
            f"{was} to {now} {what}"
            for what, was, now in zip(WHAT, before, after)))
        return [f"{name}: {what} grow from {was} to {now}"
                for what, most, was, now in zip(WHAT, MOST_GROWTH, before,
                                                after)
                if now - was > most]
