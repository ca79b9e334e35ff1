"""The audit end to end: what is due to honest elections, and the check that each falsehood fails."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evote.crypto.group import group
from evote.formats.ivxv import evidence, pem
from evote.formats.ivxv.audit import audit
from evote.formats.ivxv.checks import CHECKS, UNASKED
from evote.formats.ivxv.der import encode_octets
from evote.formats.ivxv.evidence import MIXING, NAMES, PROTINFO, ROLES, WITHOUT
from evote.formats.ivxv.generation import Generation
from evote.formats.ivxv.keys import curve_parameters, public_key
from evote.formats.ivxv.record_format import IvxvFormat
from evote.record.report import Report
from tests.formats.ivxv.audits import (
    ELECTION,
    INVALIDS,
    KINDS,
    VOTES,
    A,
    B,
    Change,
    both,
    count,
    edit,
    election,
    encrypted,
    get,
    put,
    verified,
)
from tests.formats.ivxv.fuzz import FUZZ, near
from tests.formats.ivxv.synthetic import make_key
from tests.formats.ivxv.test_verdicts import PROOFS, STRICTER_PROOFS
from tests.formats.ivxv.vectors import GROUPS, OFFICIAL, PYIVXV, base64_of, load, official, proof_files, unhex

FILES = [role for role in ROLES if role not in {MIXING, PROTINFO}]  # those have tests of their own
UNMIXED = [(kind, invalid) for kind in KINDS for invalid in INVALIDS]


def false(report: Report) -> set[str]:
    return {finding.check for finding in report.failures if not finding.absent}


def absent(report: Report) -> str:
    return "\n".join(finding.error for finding in report.failures if finding.absent)


def errors(report: Report) -> str:
    return "\n".join(finding.error for finding in report.failures)


@pytest.mark.parametrize(("kind", "invalid"), UNMIXED)
def test_an_honest_election_that_was_not_mixed(kind: str, invalid: str, tmp_path: Path) -> None:
    report = verified(election(tmp_path, kind, invalid))
    assert false(report) == set()
    if invalid == "plain":
        assert report.status == 2
        assert absent(report).startswith("nothing shows that these votes are invalid: 1 (")
    else:
        assert report.status == 0
        held = {finding.check: finding.held for finding in report.findings}
        assert held.keys() == CHECKS.keys() - {"ivxv.mix", "ivxv.shuffle"} - (
            {"ivxv.invalid"} if invalid == "none" else set()
        )
        assert held["ivxv.choice"] == len(VOTES)
        nothing = "ivxv.mix, ivxv.shuffle" + (", ivxv.invalid" if invalid == "none" else "")
        assert f"nothing there to check: {nothing}" in report.scope
        assert held["ivxv.account"] == len(VOTES) + (invalid != "none")
    assert any("nothing was mixed" in note for note in report.notes)
    assert any(line.endswith(KINDS[kind][0].value) for line in report.scope)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("invalid", ["none", "proved"])
def test_an_honest_election_that_was_mixed_lacks_a_proof_of_shuffle(kind: str, invalid: str, tmp_path: Path) -> None:
    directory = election(tmp_path, kind, invalid, mixed=True)
    report = verified(directory)
    assert (report.status, false(report)) == (2, set())
    assert absent(report) == "there is no proof of shuffle: nothing shows that mixing exchanged no vote"
    assert {finding.check for finding in report.findings if finding.held} >= {"ivxv.mix", "ivxv.account", "ivxv.tally"}


def test_the_box_shuffled_without_re_encryption_was_not_mixed(tmp_path: Path) -> None:
    directory = election(tmp_path)
    shutil.copy(directory / f"{ELECTION}-bb-4.json", directory / "shuffled.json")
    edit("shuffled.json", lambda held: held["districts"]["0164.1"]["0164"][f"{ELECTION}.1"].reverse())(directory)
    report = verified(directory)
    assert report.status == 0
    assert "both boxes hold the same ciphertexts: nothing was mixed" in report.notes


def votes(held: Any, district: str = "0164.1", parish: str = "0164") -> list[str]:
    return held["districts"][district][parish][f"{ELECTION}.1"]


def move(held: Any, to: str, parish: str) -> None:
    """Move a vote of the box somewhere else."""
    held["districts"].setdefault(to, {}).setdefault(parish, {}).setdefault(f"{ELECTION}.1", []).append(
        votes(held).pop()
    )


def list_as_invalid(directory: Path, drop_proof: bool = False) -> None:  # noqa: FBT001, FBT002
    (proofs,) = directory.glob("*-proof")
    held = json.loads(proofs.read_text(encoding="utf-8"))
    first = held["proofs"][0]["ciphertext"]
    entry = {"district": A.district, "station": A.parish, "question": A.question, "vote": first}
    edit("-invalid", lambda invalid: invalid["invalid"].append(entry))(directory)
    if drop_proof:
        del held["proofs"][0]
        put(proofs, held)


def recount(directory: Path) -> None:
    """Count the first vote as invalid."""
    count(directory, Generation.G2, [(A, None), *VOTES[1:]])


def another(directory: Path) -> None:
    """Exchange an entry of the proof file for another true one under the same key."""
    (made,) = encrypted(make_key(group("p-384")), Generation.G2, ["0164.101"], seed=9)
    entry = {"ciphertext": made.ciphertext, "message": made.message, "proof": made.proof}
    edit("-proof", lambda held: held["proofs"].__setitem__(0, entry))(directory)


def shift(*levels: str) -> Callable[[Any], None]:
    def change(held: Any) -> None:
        for level in levels:
            counts = held[level]["0164.1"] if level == "bydistrict" else held[level]["0164.1"]["0164"]
            counts["0164.101"] += 1
            counts["0164.102"] -= 1

    return change


def rename(held: Any) -> None:
    held["election"] = "OTHER"


def swap_messages(held: Any) -> None:
    first, second = held["proofs"][:2]
    first["message"], second["message"] = second["message"], first["message"]


def add_copy(file: str, name: str) -> Change:
    return lambda directory: shutil.copy(next(directory.glob(f"*{file}")), directory / name)


def write(file: str, data: bytes) -> Change:
    return lambda directory: next(directory.glob(f"*{file}")).write_bytes(data)


def drop_shuffled(directory: Path) -> None:
    (directory / f"{ELECTION}-shuffled.json").unlink()


def drop_invalid(directory: Path) -> None:
    (directory / f"{ELECTION}-invalid").unlink()


def pop(held: Any) -> None:
    held["proofs"].pop()


CHANGES: dict[str, tuple[Change, set[str]]] = {
    "a proof is dropped": (edit("-proof", pop), {"ivxv.account"}),
    "a proof comes twice": (edit("-proof", lambda h: h["proofs"].append(h["proofs"][0])), {"ivxv.account"}),
    "another vote is proved": (another, {"ivxv.account"}),
    "two messages change places": (edit("-proof", swap_messages), {"ivxv.decryption"}),
    "a vote is dropped from the box": (edit("-bb-4.json", lambda h: votes(h).pop()), {"ivxv.account"}),
    "a vote comes twice in the box": (edit("-bb-4.json", lambda h: votes(h).append(votes(h)[0])), {"ivxv.account"}),
    "a malformed vote in the box": (edit("-bb-4.json", lambda h: votes(h).append("MAA=")), {"ivxv.account"}),
    "a vote in another parish": (edit("-bb-4.json", lambda h: move(h, "0164.1", "0000")), {"ivxv.tally"}),
    "a vote in another district": (
        edit("-bb-4.json", lambda h: move(h, "0296.1", "0296")),
        {"ivxv.choice", "ivxv.tally"},
    ),
    "a vote in no parish": (edit("-bb-4.json", lambda h: move(h, "0164.1", "0296")), {"ivxv.tally.place"}),
    "the tally says otherwise": (edit(".tally", shift("byparish", "bydistrict")), {"ivxv.tally"}),
    "the tally does not add up": (edit(".tally", shift("bydistrict")), {"ivxv.tally", "ivxv.tally.sums"}),
    "the tally lacks a parish": (
        edit(".tally", lambda h: h["byparish"]["0164.1"].pop("0000")),
        {"ivxv.tally", "ivxv.tally.sums"},
    ),
    "the tally of another election": (
        edit(".tally", rename),
        {
            "ivxv.election",
        },
    ),
    "proofs of another election": (edit("-proof", rename), {"ivxv.election"}),
    "districts of another election": (edit("districts.json", rename), {"ivxv.election", "ivxv.choices"}),
    "choices of another election": (edit("choices.json", rename), {"ivxv.election", "ivxv.choices"}),
    "a box of another election": (edit("-bb-4.json", rename), {"ivxv.encoding"}),
    "a proved vote is listed as invalid, too": (list_as_invalid, {"ivxv.invalid", "ivxv.tally"}),
    "a valid vote is listed as invalid": (lambda d: list_as_invalid(d, drop_proof=True), {"ivxv.tally"}),
    "a vote from elsewhere is listed as invalid": (
        edit(
            "-invalid",
            lambda h: h["invalid"].append(
                {"district": B.district, "station": B.parish, "question": B.question, "vote": "MAA="}
            ),
        ),
        {"ivxv.account"},
    ),
    "the checksum of another file": (write(".sha256sum", b"0" * 64), {"ivxv.checksum"}),
    "a checksum that is none": (write(".sha256sum", b"0" * 63 + b"\n"), {"ivxv.checksum"}),
    "two proof files": (add_copy("-proof", "other-proof"), {"ivxv.files"}),
    "two keys": (
        lambda d: (d / "pub.pem").write_bytes((OFFICIAL / "p384" / "pub.pem").read_bytes()),
        {"ivxv.key"},
    ),
    "a group too small": (
        lambda d: (d / f"{ELECTION}-pub.pem").write_bytes((OFFICIAL / "toy256" / "pub.pem").read_bytes()),
        {"ivxv.key"},
    ),
    "another's key": (
        lambda d: (d / f"{ELECTION}-pub.pem").write_bytes((OFFICIAL / "p384" / "pub.pem").read_bytes()),
        {"ivxv.decryption", "ivxv.election"},
    ),
    "a key that is none": (write("-pub.pem", b"\x30\x00"), {"ivxv.key"}),
    "choices of a district that there is not": (
        edit("choices.json", lambda h: h["choices"].__setitem__("0999.1", {})),
        {"ivxv.choices"},
    ),
    "a choice that there is no longer": (
        edit("choices.json", lambda h: h["choices"]["0164.1"]["P1"].pop("0164.102")),
        {"ivxv.choice", "ivxv.tally"},
    ),
    "a message of another generation": (
        edit("-proof", lambda h: h["proofs"][0].__setitem__("message", "0164.101")),
        {"ivxv.decryption"},
    ),
    "a message of no generation": (
        edit("-proof", lambda h: h["proofs"][0].__setitem__("message", "A" * 60)),
        {"ivxv.generation"},
    ),
    "an entry without a proof": (edit("-proof", lambda h: h["proofs"][3].pop("proof")), {"ivxv.encoding"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_false_is_named(name: str, tmp_path: Path) -> None:
    change, checks = CHANGES[name]
    directory = election(tmp_path)
    assert verified(directory).status == 0
    change(directory)
    report = verified(directory)
    assert report.status == 1
    assert checks <= false(report), report.failures
    assert false(report) <= checks | {"ivxv.election"}
    assert {finding.check for finding in report.findings} <= CHECKS.keys()
    for finding in report.failures:
        asked = not finding.error.startswith("official tool: does not ask; refused here because")
        assert finding.absent or asked == (finding.check not in UNASKED)


MIXED: dict[str, tuple[Change, int, str]] = {
    "a vote is lost in mixing": (edit("shuffled.json", lambda h: votes(h).pop()), 1, "3 votes before mixing, 2 after"),
    "a vote changes its place in mixing": (
        edit("shuffled.json", lambda h: move(h, "0164.1", "0000")),
        1,
        "before mixing",
    ),
    "the shuffled box is not there": (drop_shuffled, 2, "no shuffled"),
    "the shuffled box is none": (write("shuffled.json", b"{}"), 1, "no 'election'"),
    "a vote more in the box, none shuffled, and no list of invalid ones": (
        both(drop_shuffled, drop_invalid, edit("bb-4.json", lambda h: votes(h).append("MAA="))),
        2,
        "no shuffled",
    ),
    "a vote less in the box, none shuffled, and no list of invalid ones": (
        both(drop_shuffled, drop_invalid, edit("bb-4.json", lambda h: votes(h).pop())),
        1,
        "5 votes before mixing, and 6 proved or listed as invalid",
    ),
    "a vote more in the box, and none shuffled": (
        both(
            lambda d: (d / f"{ELECTION}-shuffled.json").unlink(), edit("bb-4.json", lambda h: votes(h).append("MAA="))
        ),
        1,
        "7 votes before mixing, and 6 proved or listed as invalid",
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_mixing(name: str, tmp_path: Path) -> None:
    change, status, words = MIXED[name]
    directory = election(tmp_path, mixed=True)
    change(directory)
    report = verified(directory)
    assert report.status == status
    assert words in errors(report)


def test_a_box_of_which_one_vote_was_exchanged_was_not_mixed(tmp_path: Path) -> None:
    directory, other = election(tmp_path), election(tmp_path / "mixed", mixed=True)
    shutil.copy(other / f"{ELECTION}-bb-4.json", directory / "shuffled.json")
    before, after = directory / f"{ELECTION}-bb-4.json", directory / "shuffled.json"
    held = json.loads(before.read_text())
    edit("shuffled.json", lambda h: votes(h).__setitem__(0, votes(held)[0]))(directory)
    report = verified(directory)
    assert "ivxv.mix" in false(report)
    assert after.exists()
    assert "not mixed, nor the same" in errors(report)


def test_a_valid_vote_listed_and_counted_as_invalid_is_not_shown_to_be(tmp_path: Path) -> None:
    """What the format cannot prove: the official auditor sees nothing, and we say what is missing."""
    directory = election(tmp_path)
    list_as_invalid(directory, drop_proof=True)
    recount(directory)
    report = verified(directory)
    assert (report.status, false(report)) == (2, set())
    assert "nothing shows that these votes are invalid: 1" in absent(report)


@pytest.mark.parametrize("role", FILES)
def test_what_is_missing_is_named(role: str, tmp_path: Path) -> None:
    directory = election(tmp_path, invalid="proved", mixed=True)
    for path in [path for path in directory.iterdir() if any(map(path.match, NAMES[role]))]:
        path.unlink()
    report = verified(directory)
    if role == "invalid":  # the vote has a proof, so the choice is what is false then
        assert false(report) == {"ivxv.choice"}
    else:
        assert (report.status, false(report)) == (2, set())
    assert role not in WITHOUT or f"no {role} (" in absent(report)


def test_copies_of_a_ciphertext_are_noted(tmp_path: Path) -> None:
    directory = election(tmp_path)
    edit("-bb-4.json", lambda held: votes(held).append(votes(held)[0]))(directory)
    assert f"{ELECTION}-bb-4.json: 1 votes have the ciphertext of another" in verified(directory).notes


def test_a_malformed_vote_that_the_official_tool_takes_is_noted(tmp_path: Path) -> None:
    directory = election(tmp_path)

    def append(held: Any) -> None:
        entry = {"district": A.district, "station": A.parish, "question": A.question}
        held["invalid"].append(
            entry | {"vote": base64_of(unhex(official("p384", "encrypt")[0]["ciphertext_der"]) + b"\0")}
        )

    edit("-invalid", append)(directory)
    report = verified(directory)
    assert any("official tool: accepts; refused here because bytes follow the object" in note for note in report.notes)
    assert "listed as invalid: 1 votes, 1 malformed" in report.scope


def test_a_key_that_names_no_election_binds_no_proof(tmp_path: Path) -> None:
    key = make_key(group("p-384"))
    (tmp_path / "pub.pem").write_bytes(pem.encode(public_key(curve_parameters(""), key.y).encoded, pem.PUBLIC_KEY))
    assert "the key names no election, so the proofs are bound to none" in verified(tmp_path).notes


def test_a_directory_of_anything_is_no_election(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MAX_NAMES", 3)
    report = verified(election(tmp_path))
    assert (report.status, false(report)) == (2, set())
    assert "are not an election's" in absent(report)


def test_two_questions_have_two_tallies(tmp_path: Path) -> None:
    directory = election(tmp_path)
    tally = directory / f"{ELECTION}.1.tally"
    zeros = get(tally)
    for counts in (
        *zeros["bydistrict"].values(),
        *(one for held in zeros["byparish"].values() for one in held.values()),
    ):
        counts.update(dict.fromkeys(counts, 0))
    put(directory / f"{ELECTION}.2.tally", zeros)
    assert verified(directory).status == 0
    tally.unlink()
    put(directory / f"{ELECTION}.3.tally", zeros)
    report = verified(directory)
    assert (report.status, absent(report)) == (2, f"no tally of question {ELECTION}.1")
    put(directory / f"{ELECTION}.1.tally", zeros)
    assert false(verified(directory)) == {"ivxv.tally"}


def test_without_the_invalid_file_votes_are_missing(tmp_path: Path) -> None:
    directory = election(tmp_path, invalid="plain")
    (directory / f"{ELECTION}-invalid").unlink()
    report = verified(directory)
    assert (report.status, false(report)) == (2, set())
    assert "no invalid (the votes that did not count): 1 (" in absent(report)


@pytest.mark.parametrize("role", [*FILES, "sum"])
def test_no_file_of_an_election_is_taken_for_another(role: str, tmp_path: Path) -> None:
    directory = election(tmp_path, mixed=True)
    names = NAMES[role] if role in FILES else ("*.sha256sum",)
    (path,) = [path for path in directory.iterdir() if any(map(path.match, names))]
    boxes = {f"{ELECTION}-bb-4.json", f"{ELECTION}-shuffled.json"}  # of one kind, and which is which nobody can tell
    for other in sorted(directory.iterdir()):
        if other != path and not {path.name, other.name} <= boxes:
            spoiled = shutil.copytree(directory, tmp_path / other.name)
            (spoiled / path.name).write_bytes(other.read_bytes())
            assert verified(spoiled).status == 1


def test_a_forced_generation_must_be_one_of_the_key(tmp_path: Path) -> None:
    directory = election(tmp_path)
    statuses = {one: audit(directory, {}, generation=one) for one in Generation}
    assert statuses[Generation.G2].status == 0
    assert false(statuses[Generation.G1]) == {"ivxv.decryption"}
    assert false(statuses[Generation.G3]) == {"ivxv.generation"}


def test_an_ambiguous_generation_is_asked_for(tmp_path: Path) -> None:
    directory = election(tmp_path)
    edit("-proof", lambda held: held.__setitem__("proofs", []))(directory)
    report = verified(directory)
    assert (report.status, false(report)) == (2, set())
    assert "--format ivxv-g1" in absent(report)


def test_what_the_auditor_brings_goes_before_the_directory(tmp_path: Path) -> None:
    directory = election(tmp_path)
    key = directory / f"{ELECTION}-pub.pem"
    published = tmp_path / "published.pem"
    shutil.copy(key, published)
    key.write_bytes((OFFICIAL / "p384" / "pub.pem").read_bytes())
    assert audit(directory, {"key": published}).status == 0
    assert audit(directory, {"key": tmp_path / "nowhere"}).status == 2


def test_a_run_has_its_seed_and_can_be_reproduced(tmp_path: Path) -> None:
    directory = election(tmp_path)
    first, second = (IvxvFormat().verify(directory, {}) for _ in range(2))
    assert len(first.seed) == len(second.seed) == 32
    assert first.seed != second.seed
    assert not any("reproduction" in note for note in first.notes)
    again = IvxvFormat().verify(directory, {}, seed=first.seed)
    assert (again.status, again.seed) == (0, first.seed)
    assert "the seed was given: this is a reproduction, not a verification" in again.notes


class Dead(Executor):
    """Whose workers are gone."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        raise RuntimeError("nobody works here")


def test_a_lost_worker_is_no_verdict(tmp_path: Path) -> None:
    directory = election(tmp_path)
    report = audit(directory, {}, executor=Dead())
    assert (report.status, false(report)) == (2, set())
    assert "a worker was lost" in absent(report)
    edit(".tally", shift("bydistrict"))(directory)
    assert false(audit(directory, {}, executor=Dead())) == {"ivxv.tally.sums"}


@pytest.mark.parametrize(("key", "proofs"), proof_files(), ids=[path.name for _, path in proof_files()])
def test_the_vectors_proof_files(key: Path, proofs: Path) -> None:
    report = audit(None, {"key": key, "proofs": proofs})
    if "toy256" in str(key):
        assert false(report) == {"ivxv.key"}
        return
    assert (report.status, false(report)) == (2, set())
    assert {f.check: f.held for f in report.findings}["ivxv.decryption"] == len(
        json.loads(proofs.read_bytes())["proofs"]
    )


def vector_cases() -> list[Any]:
    """Return key, generation, entry, name and the official verdict of each proof that there is a vector of."""
    made = []
    for of in GROUPS[1:]:
        for case in official(of, "proofs"):
            verdict = case["official_verdict"].split()[0]
            made.append((of, case, Generation.G1, case["message"], verdict))
    for file in PYIVXV:
        for case in load(f"thirdparty/{file}.json")["cases"]:
            message = base64_of(encode_octets(unhex(case["message_point_sec1"])))
            made.append((file, case, Generation.G3 if "lifted" in file else Generation.G2, message, case["verdict"]))
    return [pytest.param(*rest, id=f"{of}-{rest[0]['name']}") for of, *rest in made]


@pytest.mark.parametrize(("case", "generation", "message", "theirs"), vector_cases())
def test_the_vectors_proofs_in_an_audit(
    case: Any, generation: Generation, message: str, theirs: str, tmp_path: Path
) -> None:
    """Official verdict and ours, side by side in the report."""
    key, proofs = tmp_path / "pub.pem", tmp_path / "x-proof"
    key.write_bytes(pem.encode(unhex(case["publickey_der"]), pem.PUBLIC_KEY))
    entry = {"ciphertext": base64_of(unhex(case["ciphertext_der"])), "message": message}
    put(proofs, {"election": "X", "proofs": [entry | {"proof": base64_of(unhex(case["proof_der"]))}]})
    report = audit(None, {"key": key, "proofs": proofs}, generation=generation)
    name = "honest" if case["name"].startswith("honest") else case["name"]
    found = {finding.check: finding.error for finding in report.failures if not finding.absent}
    reason = PROOFS[name]
    if name == "lifted-flag-toggled":  # the flag alone says that it is another generation than the one forced
        assert "ivxv.generation" in found
        return
    if reason is None:
        assert "ivxv.decryption" not in found
        return
    sentence = found["ivxv.decryption"]
    assert reason.value in sentence
    assert ("official tool: accepts; refused here because" in sentence) == (theirs == "VALID")
    assert theirs != "VALID" or name in STRICTER_PROOFS or case.get("strict") == "REJECT"


@FUZZ
@given(st.data())
def test_whatever_a_directory_holds_there_is_a_verdict(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    directory = election(tmp_path_factory.mktemp("fuzz"), invalid="malformed")
    path = data.draw(st.sampled_from(sorted(directory.iterdir())))
    honest = path.read_bytes()
    path.write_bytes(data.draw(near(honest)))
    report = verified(directory)
    assert report.findings
    if report.status == 0:
        assert same(path, honest)


def same(path: Path, honest: bytes) -> bool:
    """Tell whether a file says what it said; of districts and choices, whose names nobody counts, only what of."""
    data = path.read_bytes()
    if path.suffix == ".pem":
        return pem.decode(data, pem.PUBLIC_KEY) == pem.decode(honest, pem.PUBLIC_KEY)
    if path.suffix == ".sha256sum":
        return data == honest
    said, meant = json.loads(data), json.loads(honest)
    return said.keys() == meant.keys() if "districts" in meant or "choices" in meant else said == meant
