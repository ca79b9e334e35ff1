"""The generation is read off key and message, or named; it is never guessed."""

import pytest

from evote.crypto.group import group
from evote.formats.ivxv.generation import Generation, detect, embedding, generations
from evote.formats.ivxv.keys import Parameters, curve_parameters
from evote.formats.ivxv.plaintext import Plaintext
from evote.formats.ivxv.reasons import Reason, Refusal
from tests.formats.ivxv.vectors import official_key

MODP = official_key("toy256").parameters
PLAIN, FALSE, TRUE = (curve_parameters("T", lifted=lifted) for lifted in (None, False, True))
TEXT = "0000.101\x1fE\x1fMARI"


def message(generation: Generation, parameters: Parameters) -> str:
    text = b"0000.101" if generation in {Generation.G2, Generation.G3} else TEXT.encode()
    element = embedding(generation, parameters.group).encode(text)
    return Plaintext.decrypted(generation, element).message(generation)


@pytest.mark.parametrize(
    ("parameters", "generation"),
    [
        (MODP, Generation.G1),
        (MODP, Generation.G1_PADDED),
        (PLAIN, Generation.G1),
        (PLAIN, Generation.G2),
        (FALSE, Generation.G2),
        (TRUE, Generation.G3),
    ],
)
def test_key_and_message_tell(parameters: Parameters, generation: Generation) -> None:
    written = message(generation, parameters)
    assert detect(parameters, written) is generation
    assert detect(parameters, written, generation) is generation
    assert detect(parameters, None, generation) is generation
    assert generation in generations(parameters)


@pytest.mark.parametrize(
    ("parameters", "written", "forced", "reason"),
    [
        (MODP, None, None, Reason.AMBIGUOUS_GENERATION),
        (PLAIN, None, None, Reason.AMBIGUOUS_GENERATION),
        (MODP, message(Generation.G2, PLAIN), None, Reason.WRONG_GENERATION),
        (FALSE, TEXT, None, Reason.WRONG_GENERATION),
        (TRUE, TEXT, None, Reason.WRONG_GENERATION),
        (PLAIN, "x" * 45, None, Reason.WRONG_GENERATION),
        (MODP, TEXT, Generation.G2, Reason.WRONG_GENERATION),
        (TRUE, None, Generation.G2, Reason.WRONG_GENERATION),
        (PLAIN, None, Generation.G1_PADDED, Reason.WRONG_GENERATION),
    ],
)
def test_what_does_not_fit(
    parameters: Parameters, written: str | None, forced: Generation | None, reason: Reason
) -> None:
    with pytest.raises(Refusal) as refused:
        detect(parameters, written, forced)
    assert refused.value.reason is reason


def test_the_key_alone_tells_where_it_can() -> None:
    assert detect(FALSE, None) is Generation.G2
    assert detect(TRUE, None) is Generation.G3


def test_generations_keep_to_their_groups() -> None:
    for generation, name in ((Generation.G2, "modp-3072"), (Generation.G1_PADDED, "p-384"), (Generation.G1, "p-256")):
        with pytest.raises(ValueError, match="does not use"):
            embedding(generation, group(name))
