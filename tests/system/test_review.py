"""A receiver that fails, bounces that pass, and what waits for a person."""
import pytest

from harness import mails
from harness.wait import until

NEWS = "news@example.com"

# A storm begins with the fourth of a domain, a mailbox that is full once
# suppresses for two weeks, and few forged reports are kept.
SETTINGS = """
storm = { addresses = 3; percent = 20; };
soft = { days = 1; };
review = { per_day = 5; };
"""


@pytest.fixture(scope="module")
def site(site):
    site.reconfigure(SETTINGS)
    return site


def send(site, *recipients):
    outcome = site.send("submission", NEWS, recipients, mails.plain("News"))
    assert outcome.accepted() == list(recipients)
    site.wait_idle()


def waiting(site, *options):
    return site.suppressd.json("review", "list", *options)


def storm(site, fresh, domain, reply="550 5.1.1 User unknown"):
    """Eight of a domain fail at once; gives those that were held."""
    everybody = [fresh("user", domain) for _ in range(8)]
    site.refuse(*everybody, reply=reply)
    send(site, *everybody)
    until(lambda: len(waiting(site, "--search", f"@{domain}")) == 5,
          "the fourth and all that follow are held")
    held = [row["value"] for row in waiting(site, "--search", f"@{domain}")]
    for value in everybody:
        assert site.suppressd.is_suppressed(value) == (value not in held)
    return held


def test_a_storm_is_held_accepted_and_rejected(site, fresh):
    held = storm(site, fresh, "storm.example")
    rows = waiting(site, "--state", "held")
    assert [row["value"] for row in rows] == held
    assert {row["class"] for row in rows} == {"bad-address"}
    site.suppressd.done("review", "accept", str(rows[0]["number"]))
    site.suppressd.done("review", "reject", "--why", "they live",
                        str(rows[1]["number"]))
    assert site.suppressd.is_suppressed(held[0])
    assert not site.suppressd.is_suppressed(held[1])
    assert [row["value"] for row in waiting(site, "--state", "held")] == (
        held[2:])
    # The milter takes both at their word.
    outcome = site.send("submission", NEWS, held[:2], mails.plain("Again"))
    assert outcome.rcpt[held[0]][0] == 550
    assert outcome.rcpt[held[1]][0] == 250
    newest = site.suppressd.events(held[0])[0]
    assert (newest["op"], newest["trust"], newest["by"]) == (
        "add", "accepted", "root")


def test_another_domain_is_not_held(site, fresh):
    storm(site, fresh, "failing.example")
    dead = fresh("dead", "healthy.example")
    site.refuse(dead)
    send(site, dead)
    site.wait_suppressed(dead)


def reason(site, value):
    row, = site.suppressd.json("list", "--search", value)
    return row


def test_a_full_mailbox_suppresses_for_a_time(site, fresh):
    value = fresh("full", "full.example")
    site.refuse(value, reply="552 5.2.2 Mailbox full")
    send(site, value)
    site.wait_suppressed(value)
    assert reason(site, value)["expires"] is not None


def test_a_full_mailbox_of_a_storm(site, fresh):
    """Accepted, it lasts for the time that it would have, not for ever."""
    held = storm(site, fresh, "crowded.example", "552 5.2.2 Mailbox full")
    site.suppressd.done("review", "accept", "--search", held[0])
    assert site.suppressd.is_suppressed(held[0])
    assert reason(site, held[0])["expires"] is not None


def test_a_storm_is_undone(site, fresh):
    """Also what came before the guard noticed; another's reason stays."""
    held = storm(site, fresh, "sorry.example")
    ours = fresh("ours", "sorry.example")
    site.suppressd.done("add", ours)
    *rows, total = site.suppressd.json(
        "undo", "--source", "bounced", "--search", "@sorry.example",
        "--why", "their outage")
    assert total["lifted"] == len(rows) == 3
    assert not set(held) & {row["value"] for row in rows}
    for row in rows:
        assert not site.suppressd.is_suppressed(row["value"])
    assert site.suppressd.is_suppressed(ours)


def test_a_flood_of_forged_bounces(site, fresh):
    """It ends at the setting of a day, in the store and in the log; all of
    it is delivered, and what is proven still counts."""
    to = fresh("bounces", "bounces.example.com")
    stranger = {"ADDR": "203.0.113.9", "HELO": "mx.example.net"}
    victims = [fresh("victim", "flood.example") for _ in range(12)]
    for value in victims:
        outcome = site.send("mx", "", [to], mails.dsn(value, message_id=value),
                            xclient=stranger)
        assert outcome.data[0] == 250
    site.wait_idle()
    assert [row["value"] for row in waiting(site, "--state", "unverified")
            ] == victims[:5]
    assert len(site.suppressd.json("history", "--search",
                                   "@flood.example")) == 5
    assert len(site.postfix.mailbox(to)) == len(victims)
    log = site.suppressd.log()
    assert log.count("review.per_day") == 1
    assert not any(value in log for value in victims[5:])
    dead = victims[-1]
    site.refuse(dead)
    send(site, dead)
    site.wait_suppressed(dead)


def test_the_expired_is_cleaned_away(site, fresh):
    """At the start of the daemon, and each hour."""
    value = fresh("expired")
    site.suppressd.done("add", "--expires", "1s", value)
    until(lambda: not site.suppressd.is_suppressed(value), "it has expired")
    site.suppressd.stop()
    site.suppressd.start()
    newest = until(lambda: [row for row in
                            site.suppressd.events(value)
                            if row["op"] == "remove"],
                   "the history says that it is over")[0]
    assert (newest["by"], newest["report"]) == ("suppressd", "expiry")
