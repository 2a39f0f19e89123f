"""Waiting for a condition instead of for a time."""
import time

DEADLINE_S = 30


def until(condition, what, deadline_s=DEADLINE_S):
    """What condition() gives as soon as it is true; what: for the error."""
    end = time.monotonic() + deadline_s
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {deadline_s} s: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
