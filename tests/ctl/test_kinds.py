"""Phone numbers, LinkedIn profiles and lists of all kinds."""
import pytest

from program import NO, USAGE, YES

MIXED = """\
# who called us
Joe@Example.com
@example.org

+33 6 12 34 56 78
(0)6 12-34.56.79
https://www.linkedin.com/in/Joe-Doe/?trk=x
"""
CANONICAL = ["+33612345678", "+33612345679", "@example.org",
             "joe@example.com", "linkedin.com/in/joe-doe"]


@pytest.fixture
def french(ctl):
    ctl.configure('phone_region = "FR";\n'
                  'outbound = { sms_gateways = [ "sms.example" ]; };\n')
    return ctl


def test_a_mixed_list(french):
    rows = french.json("add", "-f", "-", stdin=MIXED)
    assert [row["kind"] for row in rows] == ["email", "domain", "phone",
                                             "phone", "linkedin"]
    assert french.values() == CANONICAL
    assert [row["value"] for row in french.json("list", "--kind", "linkedin")
            ] == ["linkedin.com/in/joe-doe"]
    shown = {row["value"]: row["shown"] for row in french.json("list")}
    assert shown["+33612345679"] == "(0)6 12-34.56.79"
    french.done("remove", "-f", "-", stdin=MIXED)
    assert french.values() == []


def test_every_bad_line_is_named(ctl):
    said = ctl.refused(USAGE, "add", "-f", "-", stdin=MIXED +
                       "12\nhttps://www.linkedin.com/feed\nfrob\n")
    lines = said.splitlines()
    assert ":6: " in lines[0] and "phone_region" in lines[0]
    assert ":8: " in lines[1] and "phone_region" in lines[1]
    assert ":9: " in lines[2] and "LinkedIn" in lines[2]
    assert ":10: " in lines[3]


@pytest.mark.parametrize("spelling", ["0612345678", "06.12.34.56.78",
                                      "+33612345678", "0033 6 12345678"])
def test_every_spelling_is_one_number(french, spelling):
    french.done("add", "+33 (0)6 12 34 56 78")
    assert french.status("check", spelling) == NO
    assert french.status("check", "0612345679") == YES


def test_mail_to_a_phone_is_checked_by_its_number(french):
    french.done("add", "0612345678")
    for local in ("0612345678", "33612345678", "+33612345678"):
        row, = french.json("check", f"{local}@sms.example", status=NO)
        assert row["blocked_by"] == "+33612345678"
    assert french.status("check", "0612345678@example.net") == YES
    assert french.status("check", "0612345679@sms.example") == YES


@pytest.mark.parametrize("settings, said", [
    ('phone_region = "France";', "two letters"),
    ('phone_region = "XX";', "no region"),
    ('outbound = { sms_gateways = [ "@sms.example" ]; };', "@sms.example"),
])
def test_settings_that_are_wrong(ctl, settings, said):
    ctl.configure(settings)
    text = ctl.refused(USAGE, "check", "joe@example.com")
    assert "suppressd.conf:1: " in text and said in text
