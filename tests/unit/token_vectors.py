#!/usr/bin/python3 -B
"""Makes the test vectors of tokens, from the description of their form alone.

usage: tests/unit/token_vectors.py >tests/data/token.vectors

A second implementation of policy/token.c, with nothing but Python's hashlib:
XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, RFC 8439) is written out here.
"""
import base64
import hashlib
import struct

CONTEXT = b"supprssd"
HEADER = "X-Suppressd-Id: "
MASK = 0xFFFFFFFF


def rotate(x, n):
    return (x << n | x >> (32 - n)) & MASK


def rounds(state):
    x = list(state)
    for a, b, c, d in [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14),
                       (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12),
                       (2, 7, 8, 13), (3, 4, 9, 14)] * 10:
        x[a] = (x[a] + x[b]) & MASK
        x[d] = rotate(x[d] ^ x[a], 16)
        x[c] = (x[c] + x[d]) & MASK
        x[b] = rotate(x[b] ^ x[c], 12)
        x[a] = (x[a] + x[b]) & MASK
        x[d] = rotate(x[d] ^ x[a], 8)
        x[c] = (x[c] + x[d]) & MASK
        x[b] = rotate(x[b] ^ x[c], 7)
    return x


def start(key, rest):
    return list(struct.unpack("<16I", b"expand 32-byte k" + key + rest))


def block(key, counter, nonce):
    state = start(key, struct.pack("<I", counter) + nonce)
    mixed = rounds(state)
    return struct.pack("<16I", *[(m + s) & MASK
                                 for m, s in zip(mixed, state)])


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        piece = message[i:i + 16] + b"\1"
        total = (total + int.from_bytes(piece, "little")) * r % ((1 << 130) - 5)
    total += int.from_bytes(key[16:], "little")
    return (total & ((1 << 128) - 1)).to_bytes(16, "little")


def padded(data):
    return data + bytes(-len(data) % 16)


def xchacha20poly1305(key, nonce, head, plain):
    mixed = rounds(start(key, nonce[:16]))
    key = struct.pack("<8I", *mixed[:4], *mixed[12:])
    nonce = bytes(4) + nonce[16:]
    stream = b"".join(block(key, 1 + i, nonce)
                      for i in range(len(plain) // 64 + 1))
    sealed = bytes(p ^ s for p, s in zip(plain, stream))
    tag = poly1305(block(key, 0, nonce)[:32],
                   padded(head) + padded(sealed) +
                   struct.pack("<QQ", len(head), len(sealed)))
    return sealed + tag


def mac(key, data, size=16):
    return hashlib.blake2b(data, key=key, digest_size=size).digest()


def derive(secret, purpose):
    return hashlib.blake2b(b"", key=secret, digest_size=32,
                           salt=struct.pack("<QQ", purpose, 0),
                           person=CONTEXT + bytes(8)).digest()


def text_of(data):
    return base64.b32encode(data).decode().lower().rstrip("=")


def text(word):
    return word.encode() + b"\0"


def room(limit):
    """Plain bytes in a header of so many: 72 letters a line, 2 for a fold."""
    letters = limit - len(HEADER)
    letters -= letters // 74 * 2
    return (letters * 5 // 8 - 3 - 40) // 64 * 64


def header(secret, day, stream, addresses, limit):
    keys = [None] + [derive(secret, i) for i in range(1, 7)]
    fits = room(limit) - 6 - len(stream.encode())
    if len(addresses) == 1 and len(addresses[0].encode()) <= fits // 8 * 8:
        form, rest = 1, addresses[0].encode()
    else:
        marks = [hashlib.blake2b(
            keys[4] + struct.pack(">H", day) + text(stream) + text(a),
            digest_size=16).digest()[:8] for a in addresses]
        form, rest = 2, b"".join(marks[:fits // 8])
        if len(marks) > fits // 8:
            form = 3
    name = stream.encode()
    plain = struct.pack(">BHB", form, day, len(name)) + name
    plain += struct.pack(">H", len(rest)) + rest
    plain += bytes(-len(plain) % 64)
    head = b"\x11" + keys[1][:2]
    nonce = mac(keys[2], struct.pack("<Q", 3) + head + plain, 24)
    return text_of(head + nonce +
                   xchacha20poly1305(keys[3], nonce, head, plain))


def short(secret, day, stream, address):
    keys = [None] + [derive(secret, i) for i in range(1, 7)]
    head = (b"\x12" + keys[1][:2] + struct.pack(">H", day) +
            mac(keys[6], text(stream))[:2])
    return text_of(head + mac(keys[5], head + text(address)))


def main():
    zero_to_31 = bytes(range(32))
    other = hashlib.blake2b(b"another site", digest_size=32).digest()
    many = [f"r{i}@example.net" for i in range(400)]
    rows = [
        (zero_to_31, 20782, "default", ["joe@example.net"], 4096),
        (zero_to_31, 20783, "default", ["joe@example.net"], 4096),
        (zero_to_31, 20782, "news", ["joe@example.net"], 4096),
        (other, 20782, "default", ["joe@example.net"], 4096),
        (zero_to_31, 0, "s", ['"a b"@xn--bcher-kva.example'], 4096),
        (zero_to_31, 65535, "n" * 63, ["l" * 128 + "@example.net"], 512),
        (zero_to_31, 20782, "n" * 63, ["l" * 128 + "@" + "d" * 60 +
                                       ".example.net"], 512),
        (zero_to_31, 20782, "default", many[:2], 4096),
        (zero_to_31, 20782, "default", many[:7], 4096),
        (zero_to_31, 20782, "default", many, 4096),
        (zero_to_31, 20782, "default", many[:40], 512),
        (zero_to_31, 20782, "default", many, 8192),
    ]
    print("# Tokens, made by tests/unit/token_vectors.py. A line: header or")
    print("# short, secret, day, stream, maximum of bytes, recipients (a "
          "number stands for")
    print("# r0@example.net and so on), token.")
    for secret, day, stream, addresses, limit in rows:
        who = str(len(addresses)) if addresses[0] == many[0] else addresses[0]
        print("header", secret.hex(), day, stream, limit,
              who.replace(" ", "%20"),
              header(secret, day, stream, addresses, limit))
    for secret, day, stream, addresses, limit in rows[:6]:
        print("short", secret.hex(), day, stream, limit,
              addresses[0].replace(" ", "%20"),
              short(secret, day, stream, addresses[0]))


if __name__ == "__main__":
    main()
