"""Who was erased is refused as before, and no file of the store names him."""
import pathlib

from test_history import refusals_of


def files_with(daemon, text):
    store = pathlib.Path(daemon.store)
    return [str(path) for path in store.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()]


def test_an_erased_address_is_refused(daemon, mta, listed, fresh):
    bad, other = listed("--source", "abuse"), listed()
    mta.message([bad, fresh()])
    assert refusals_of(daemon, bad)[0]["value"] == bad
    before = daemon.json("show", bad)[0]
    done, = daemon.json("erase", "--why", "ticket 1", bad)
    assert (done["events"], done["refusals"]) == (1, 1)
    assert files_with(daemon, bad) == []
    mta.mail("<shop@example.com>")
    assert mta.rcpt(f"<{bad.upper()}>").startswith("550")
    assert mta.rcpt(fresh()) == "continue"
    mta.abort()
    rows = refusals_of(daemon, bad, 2)
    for row in rows:
        assert row["value"] == row["blocked_by"] == done["value"]
        assert row["source"] == "abuse"
    assert rows == refusals_of(daemon, done["value"], 2)
    assert daemon.json("show", bad)[0]["since"] == before["since"]
    assert files_with(daemon, bad) == []
    # Others' changes and refusals go on.
    daemon.done("add", "--why", "later", bad, fresh())
    mta.message([other, fresh()])
    assert refusals_of(daemon, other)[0]["value"] == other
    assert files_with(daemon, bad) == []
    assert daemon.json("verify")[0]["faults"] == 0
