"""Bytes near an honest object: whatever a parser is given, only `DecodeError` comes out."""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from evote.errors import DecodeError

FUZZ = settings(deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck))


@st.composite
def near(draw: st.DrawFn, honest: bytes) -> bytes:
    """Draw some bytes, or the honest ones with a few changed, cut out, or put in."""
    if draw(st.booleans()) and draw(st.booleans()):
        return draw(st.binary(max_size=200))
    data = bytearray(honest)
    for _ in range(draw(st.integers(1, 3))):
        # most of what there is to break is in front
        at = draw(st.one_of(st.integers(0, min(40, len(data))), st.integers(0, len(data))))
        kind = draw(st.integers(0, 2))
        if kind == 0:
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == 1:
            del data[at : at + draw(st.integers(1, 4))]
        else:
            data[at:at] = draw(st.binary(min_size=1, max_size=4))
    return bytes(data)


def survives(parse: Callable[[bytes], bytes], data: bytes) -> bool:
    """Return whether the bytes are refused, or else encode to themselves."""
    try:
        return parse(data) == data
    except DecodeError:
        return True
