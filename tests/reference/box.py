"""Opening a NaCl sealed box: X25519 (RFC 7748), XSalsa20 (Bernstein 2011), Poly1305 (RFC 8439)."""

import hashlib
import struct

from tests.reference.groups import require

P = 2**255 - 19


def x25519(scalar: bytes, u: bytes) -> bytes:
    """Return the coordinate of scalar times the point with coordinate u; RFC 7748, section 5."""
    k, x1 = int.from_bytes(scalar, "little"), int.from_bytes(u, "little")
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def check_key(key: bytes) -> None:
    """Refuse a coordinate that is not reduced, or of a point of small order."""
    reduced = len(key) == 32 and int.from_bytes(key, "little") < P
    require(reduced and any(x25519((8 + 2**254).to_bytes(32, "little"), key)), "not an X25519 key")


def public_key(secret: bytes) -> bytes:
    """Return the key of a secret, which must be clamped."""
    require(secret[0] & 7 == 0 and secret[31] >> 6 == 1, "not a clamped secret")
    return x25519(secret, (9).to_bytes(32, "little"))


def open_box(secret: bytes, box: bytes) -> bytes:
    """Return what is in a box sealed to the key of this secret."""
    ephemeral, tag, sealed = box[:32], box[32:48], box[48:]
    check_key(ephemeral)
    nonce = hashlib.blake2b(ephemeral + public_key(secret), digest_size=24).digest()
    key = _core(_core(x25519(secret, ephemeral), bytes(16), hashed=True), nonce[:16], hashed=True)
    stream = b"".join(
        _core(key, nonce[16:] + struct.pack("<Q", block), hashed=False) for block in range(len(sealed) // 64 + 2)
    )
    require(_poly1305(stream[:32], sealed) == tag, "this secret does not open this box")
    return bytes(a ^ b for a, b in zip(sealed, stream[32:], strict=False))


def _core(key: bytes, data: bytes, *, hashed: bool) -> bytes:
    """Return HSalsa20 of key and data, or a block of Salsa20."""
    c, k, n = struct.unpack("<4I", b"expand 32-byte k"), struct.unpack("<8I", key), struct.unpack("<4I", data)
    start = [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]
    x = list(start)
    lines = [(0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)]
    lines += [(0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)]
    for line in lines * 10:
        for i, turn in enumerate((7, 9, 13, 18)):
            total = (x[line[i]] + x[line[i - 1]]) % 2**32
            x[line[(i + 1) % 4]] ^= (total << turn | total >> 32 - turn) % 2**32
    if hashed:
        return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))
    return struct.pack("<16I", *((a + b) % 2**32 for a, b in zip(x, start, strict=True)))


def _poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i : i + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")
