"""``docs/ivxv.md`` says what the audit does."""

import re
from pathlib import Path

import evote.formats.ivxv
from evote.formats.ivxv.audit import audit
from evote.formats.ivxv.checks import CHECKS
from evote.formats.ivxv.evidence import NAMES, ROLES, SHUFFLE_PROOF
from evote.formats.ivxv.generation import Generation
from tests.cli.parties import Parties
from tests.formats.ivxv.audits import put
from tests.formats.ivxv.vectors import OFFICIAL, THIRD, base64_of, official, unhex

TEXT = (Path(__file__).parents[3] / "docs" / "ivxv.md").read_text(encoding="utf-8")


def quoted() -> list[str]:
    """Return the indented lines of the example."""
    example = TEXT.split("\n## ")[2]
    return [line.strip() for line in example.splitlines() if line.startswith("    ")]


def test_every_check_is_explained_once() -> None:
    assert sorted(re.findall(r"^- `(ivxv\.[a-z.]+)`:", TEXT, re.MULTILINE)) == sorted(CHECKS)


def test_every_other_check_is_explained_once() -> None:
    """A name that anything in the package says stands in the list above or in the table below it."""
    package = Path(evote.formats.ivxv.__file__).parent
    said = {name for path in package.rglob("*.py") for name in re.findall(r"\"(ivxv\.[a-z.-]+)\"", path.read_text())}
    table = re.findall(r"^\| `(ivxv\.[a-z.-]+)` \|", TEXT, re.MULTILINE)
    assert sorted(table) == sorted(said - CHECKS.keys())


def test_every_file_has_its_option_and_names() -> None:
    for role in ROLES:
        assert f"`--{role}`" in TEXT
        names = NAMES[role] or (SHUFFLE_PROOF,)
        assert any(name.replace("*-", "ELECTION-").replace("*.tally", "QUESTION.tally") in TEXT for name in names)


def test_the_example_is_what_is_printed(tmp_path: Path) -> None:
    command, *lines = quoted()
    words = command.split()[1:]
    answer = Parties(tmp_path / "home", "both").run(*(THIRD / word if "pyivxv" in word else word for word in words))
    printed = answer.out.splitlines()
    assert [line for line in lines if not line.startswith("FALSE")] != []
    assert [line for line in lines if line not in printed and not line.startswith("FALSE")] == []


def test_the_example_of_a_difference_is_one(tmp_path: Path) -> None:
    (case,) = (case for case in official("p384", "proofs") if case["name"] == "response-plus-order")
    ciphertext, proof = (base64_of(unhex(case[part])) for part in ("ciphertext_der", "proof_der"))
    entry = {"ciphertext": ciphertext, "message": case["message"], "proof": proof}
    put(tmp_path / "x-proof", {"election": "P384-TEST", "proofs": [entry]})
    key = OFFICIAL / "p384" / "pub.pem"
    report = audit(None, {"key": key, "proofs": tmp_path / "x-proof"}, generation=Generation.G1)
    (line,) = (line for line in quoted() if line.startswith("FALSE"))
    assert line in [f"FALSE {finding.check}: {finding.error}" for finding in report.failures]
