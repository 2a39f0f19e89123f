#!/usr/bin/python3 -B
"""Makes the test vectors of return paths, from the description of their form.

usage: tests/unit/return_path_vectors.py >tests/data/return_path.vectors

A second implementation of policy/return_path.c.
"""
import struct

from token_vectors import derive, mac, text, text_of


def behind(sender, domain):
    """The sender as it stands behind the token."""
    user, _, of = sender.rpartition("@")
    _, _, above = domain.partition(".")
    if "=" in user or of not in (domain, above):
        return f"{user}={of}"
    return user if of == domain else f"{user}="


def return_path(secret, day, base, sender, recipient):
    user, _, domain = base.rpartition("@")
    tag, key = derive(secret, 1)[:2], derive(secret, 7)
    head = (b"\x14" if recipient == "-" else b"\x13") + tag
    head += struct.pack(">H", day)
    token = head + mac(key, head + text(sender.lower()))[:5]
    if recipient != "-":
        token += mac(key, head + text(sender.lower()) + text(recipient))[:8]
    return f"{user}+{text_of(token)}+{behind(sender, domain)}@{domain}"


def main():
    zero_to_31 = bytes(range(32))
    other = bytes(range(255, 223, -1))
    base, joe = "bounces@bounces.example.com", "joe@example.net"
    rows = [
        (zero_to_31, 20782, base, "news@example.com", joe),
        (zero_to_31, 20783, base, "news@example.com", joe),
        (other, 20782, base, "news@example.com", joe),
        (zero_to_31, 20782, base, "news@example.com", "-"),
        (zero_to_31, 20782, base, "news@bounces.example.com", joe),
        (zero_to_31, 20782, "b@example.com", "news@shop.example", joe),
        (zero_to_31, 20782, "b@example.com", "a=b@example.com", joe),
        (zero_to_31, 0, base, "News+Tag@example.com", "-"),
        (zero_to_31, 65535, base, "x@example.com",
         '"a%20b"@xn--bcher-kva.example'),
    ]
    print("# Return paths, made by tests/unit/return_path_vectors.py. A line: "
          "secret, day,")
    print("# base, sender, recipient (- is several), address.")
    for secret, day, own, sender, recipient in rows:
        print(secret.hex(), day, own, sender, recipient,
              return_path(secret, day, own, sender,
                          recipient.replace("%20", " ")))


main()
