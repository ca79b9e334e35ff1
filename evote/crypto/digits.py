"""The base-2^c digits of many exponents at once, for some 20 to 50 ns each.

All exponents are written into one bytes object. For one window, strided slices gather the bytes in which its digits
lie into lanes of 32 bits; one shift and one mask of one long integer cut all digits out together. Shifting and masking
exponent by exponent costs five to ten times as much. Variable time: public exponents only.
"""

from __future__ import annotations

from collections.abc import Sequence

LANE = 4  # bytes
MAX_WIDTH = 25  # a digit and the seven bits before it lie in one lane


class Digits:
    """The digits of n exponents in L windows of c bits; ``digits[k]`` is the list of the n digits of weight 2^(ck).

    ``len(digits)`` is L. Made by `unsigned` or `signed`.
    """

    __slots__ = ("_bias", "_data", "_flip", "_mask", "_stride", "_windows", "count", "width")

    def __init__(self, values: Sequence[int], windows: int, width: int, offset: int) -> None:
        """Take values in 0 .. 2^(cL) - 1, whose digits are read as d - offset."""
        if not 1 <= width <= MAX_WIDTH:
            raise ValueError(f"a digit has 1 to {MAX_WIDTH} bits, not {width}")
        self.width, self.count, self._windows = width, len(values), windows
        self._stride = (windows * width + 7) // 8 + LANE
        self._data = b"".join([value.to_bytes(self._stride, "little") for value in values])
        lanes = int.from_bytes(b"\x01\0\0\0" * len(values), "little")
        # d - offset in two's complement is (d - offset + 2^31) with its top bit turned
        self._mask, self._bias, self._flip = ((1 << width) - 1) * lanes, ((1 << 31) - offset) * lanes, lanes << 31

    def __len__(self) -> int:
        return self._windows

    def __getitem__(self, k: int) -> list[int]:
        if not 0 <= k < self._windows:
            raise IndexError(k)
        at, shift = divmod(k * self.width, 8)
        lanes = bytearray(self.count * LANE)
        for i in range(LANE):
            lanes[i::LANE] = self._data[at + i :: self._stride]
        cut = int.from_bytes(lanes, "little") >> shift & self._mask
        signed = cut + self._bias ^ self._flip
        return memoryview(signed.to_bytes(len(lanes), "little")).cast("i").tolist()


def unsigned(exponents: Sequence[int], width: int) -> Digits:
    """Return digits 0 .. 2^c - 1 of exponents >= 0, in as many windows as the longest needs."""
    return Digits(exponents, -(-bit_length(exponents) // width), width, 0)


def signed(exponents: Sequence[int], width: int, order: int) -> Digits:
    """Return digits -2^(c-1) .. 2^(c-1) - 1 of exponents of any sign, or of numbers congruent modulo ``order``.

    In as many windows as the longest exponent needs, but no more than unsigned digits of the order take: where c
    divides the length, a number that would carry over gives way to one less by the order. c >= 2.
    """
    short, full = _signed_windows(exponents, width), -(-order.bit_length() // width)
    windows = min(short, full)
    offset = _offset(windows, width)
    values = [exponent + offset for exponent in exponents]
    return Digits(values if windows == short else [x % order for x in values], windows, width, 1 << (width - 1))


def _signed_windows(exponents: Sequence[int], width: int) -> int:
    """Return the least L such that no exponent is below the number of digits -2^(c-1) or above that of 2^(c-1) - 1."""
    windows = bit_length(exponents) // width
    while True:
        lowest = _offset(windows, width)
        if -lowest <= min(exponents, default=0) and max(exponents, default=0) <= (1 << width * windows) - 1 - lowest:
            return windows
        windows += 1


def _offset(windows: int, width: int) -> int:
    """Return the number whose digits are all 2^(c-1)."""
    return ((1 << width * windows) - 1) // ((1 << width) - 1) << (width - 1)


def bit_length(exponents: Sequence[int]) -> int:
    """Return the bits of the longest exponent, whatever its sign."""
    return max(max(exponents, default=0).bit_length(), min(exponents, default=0).bit_length())


def apart(row: Sequence[int]) -> list[int]:
    """Return the positive digits, then the negative ones without their sign; 0 where a digit has the other sign."""
    return [d if d > 0 else 0 for d in row] + [-d if d < 0 else 0 for d in row]
