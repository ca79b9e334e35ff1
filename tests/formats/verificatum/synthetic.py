"""Sessions of any length, width and key width, and the shuffles that we prove in them; for tests and measurements.

``python -m tests.formats.verificatum.synthetic p-256 10000 /tmp/made`` writes a shuffle in ``nizkp`` beside its
``protInfo.xml``, ``publicKey`` and ``ciphertexts``, and says what it cost.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from evote.crypto.arithmetic import Arithmetic
from evote.crypto.group import Element, Group, group
from evote.formats.verificatum.byte_tree import node
from evote.formats.verificatum.groups import product_group, write_group
from evote.formats.verificatum.lists import Layout
from evote.formats.verificatum.records import write_element
from evote.formats.verificatum.shapes import write_product
from evote.formats.verificatum.writer import MixServer
from evote.mixnet.columns import raw_vector
from tests.formats.verificatum.cases import VECTORS

TEMPLATE = VECTORS / "p256-k1-shuffle-n1" / "protInfo.xml"


def write_session(
    of: Group,
    n: int,
    to: Path,
    keywidth: int = 1,
    width: int = 1,
    plain: Collection[int] = (),
    parties: int = 1,
    threshold: int = 1,
    y: Sequence[Element] | None = None,
) -> None:
    """Write protInfo.xml, publicKey and ciphertexts; the keys of columns ``plain`` are 1, and so are their c1.

    The key is ``y`` if that is given.
    """
    source, layout = random.Random(n), Layout(of, keywidth, width)
    if y is None:
        y = [of.identity if i in plain else of.generator ** source.randrange(1, of.order) for i in range(keywidth)]
    columns = [_column(of, n, source) for _ in range(2 * keywidth * width)]
    for at in range(keywidth * width):
        if at % keywidth in plain:
            columns[at] = [of.identity] * n
    made = [raw_vector(of, column) for column in columns]
    half = len(made) // 2
    halves = (write_product(layout.plain, map(write_element, side)) for side in ([of.generator] * keywidth, y))
    numbers = {"keywidth": keywidth, "width": width, "nopart": parties, "thres": threshold}
    text = TEMPLATE.read_text()
    for tag, value in {"pgroup": f"synthetic::{write_group(of).hex()}", **numbers}.items():
        text = re.sub(f"<{tag}>.*</{tag}>", f"<{tag}>{value}</{tag}>", text, count=1)
    (to / "protInfo.xml").write_text(text.replace("</protocol>", "<party></party>" * (parties - 1) + "</protocol>"))
    (to / "publicKey").write_bytes(node(product_group(write_group(of), layout.plain), node(*halves)))
    (to / "ciphertexts").write_bytes(layout.write_ciphertexts(made[:half], made[half:]).written)


def _column(of: Group, n: int, source: random.Random) -> list[Element]:
    return Arithmetic.FAST.powers(of.generator, [source.randrange(of.order) for _ in range(n)])


def shuffle_session(case: Path, arithmetic: Arithmetic = Arithmetic.FAST) -> int:
    """Shuffle the list of a session in its place."""
    server = MixServer.read(case / "protInfo.xml", case / "publicKey", arithmetic=arithmetic)
    return server.shuffle(case / "nizkp", case / "ciphertexts")


if __name__ == "__main__":
    target = Path(sys.argv[3])
    target.mkdir(parents=True, exist_ok=True)
    write_session(group(sys.argv[1]), int(sys.argv[2]), target)
    start = time.process_time()
    shuffle_session(target)
    print(f"{time.process_time() - start:.2f} s CPU")
