"""Directories that we write: our reader accepts them, and nothing but what was shuffled and proved is in them."""

from __future__ import annotations

import errno
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from evote.cli.main import main
from evote.crypto.arithmetic import Arithmetic
from evote.crypto.elgamal import Ciphertext, PublicKey
from evote.crypto.group import group
from evote.errors import DecodeError, EvidenceMissing, EvoteError, Refused
from evote.formats.verificatum.byte_tree import Tree, node
from evote.formats.verificatum.groups import write_group
from evote.formats.verificatum.lists import Layout
from evote.formats.verificatum.protinfo import read_protinfo
from evote.formats.verificatum.prover import Shuffler
from evote.formats.verificatum.records import write_element
from evote.formats.verificatum.verifier import verify_directory
from evote.formats.verificatum.writer import MixServer
from evote.mixnet.columns import raw_vector
from evote.record import files, vault
from tests.formats.verificatum.cases import NAMES, SEED, VECTORS, Change, delete, edit, flip, swap, verified, write
from tests.formats.verificatum.synthetic import shuffle_session, write_session

ALONE = [name for name in NAMES if "-k3" not in name]
LISTS = ("Ciphertexts.bt", "ShuffledCiphertexts.bt")
PROOFS = tuple(f"proofs/{name}01.bt" for name in ("PermutationCommitment", "PoSCommitment", "PoSReply", "Ciphertexts"))


def reshuffled(name: str, to: Path) -> Path:
    """Return a case with a vector's parameters, key and input, and a proof of ours."""
    source, case = VECTORS / name, to / name
    case.mkdir()
    for file in ("protInfo.xml", "publicKey"):
        shutil.copy(source / file, case / file)
    shutil.copy(source / "nizkp" / LISTS[0], case / "ciphertexts")
    shuffle_session(case)
    return case


def accepted(case: Path) -> bool:
    """Tell whether our verifier accepts a case, key and input list compared."""
    key, ciphertexts = case / "publicKey", case / "ciphertexts"
    report = verify_directory(case / "nizkp", case / "protInfo.xml", key=key, ciphertexts=ciphertexts, seed=SEED)
    assert not report.failures
    return report.status == 0


@pytest.mark.parametrize("name", ALONE)
def test_the_inputs_of_verificatums_own_shuffles_shuffled_by_us(name: str, tmp_path: Path) -> None:
    case = reshuffled(name, tmp_path)
    assert accepted(case)
    for file in ("FullPublicKey.bt", LISTS[0], "version"):
        assert (case / "nizkp" / file).read_bytes() == (VECTORS / name / "nizkp" / file).read_bytes()


@pytest.mark.parametrize("name", ["modp3072-k1-shuffle-n20", "p256-k1-shuffle-w2-n20"])
def test_the_same_files_of_the_same_lengths_as_verificatums(name: str, tmp_path: Path) -> None:
    def sizes(case: Path) -> dict[str, int]:
        root = case / "nizkp"
        return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*.bt")}

    ours, theirs = sizes(reshuffled(name, tmp_path)), sizes(VECTORS / name)
    theirs.pop("proofs/PolynomialInExponent.bt", None)  # of a key that the parties made
    assert ours == theirs


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize(("keywidth", "width", "plain"), [(1, 1, ()), (1, 3, ()), (3, 1, (0, 2)), (2, 2, (1,))])
@pytest.mark.parametrize("n", [1, 5])
def test_widths_key_widths_and_keys_that_are_1(
    tmp_path: Path, n: int, keywidth: int, width: int, plain: tuple[int, ...], arithmetic: Arithmetic
) -> None:
    write_session(group("p-256"), n, tmp_path, keywidth, width, plain)
    assert shuffle_session(tmp_path, arithmetic) == n
    assert accepted(tmp_path)


@pytest.mark.parametrize("name", ["modp-2048", "p-384", "electionguard-4096"])
def test_other_groups(name: str, tmp_path: Path) -> None:
    """Among them one whose cofactor is longer than its order."""
    write_session(group(name), 3, tmp_path, 2, 2)
    shuffle_session(tmp_path)
    assert accepted(tmp_path)


@pytest.mark.parametrize("encoding", [0, 1, 2])
def test_how_messages_are_encoded_is_no_concern_of_a_shuffle_but_is_hashed(encoding: int, tmp_path: Path) -> None:
    of = group("modp-2048")
    write_session(of, 2, tmp_path)
    told, other = write_group(of), write_group(of)[:-4] + encoding.to_bytes(4, "big")
    for file, old, new in (("publicKey", told, other), ("protInfo.xml", told.hex().encode(), other.hex().encode())):
        data = (tmp_path / file).read_bytes()
        assert data.count(old) == 1
        (tmp_path / file).write_bytes(data.replace(old, new))
    shuffle_session(tmp_path)
    assert accepted(tmp_path)
    protinfo = (tmp_path / "protInfo.xml").read_text()
    (tmp_path / "protInfo.xml").write_text(protinfo.replace(other.hex(), f"{other.hex()[:-1]}{(encoding + 1) % 3}"))
    assert verified(tmp_path).status == 1


@pytest.mark.parametrize("parties", [2, 3])
def test_one_mix_server_of_several_is_enough_where_the_threshold_is_1(parties: int, tmp_path: Path) -> None:
    write_session(group("p-256"), 3, tmp_path, parties=parties)
    shuffle_session(tmp_path)
    assert accepted(tmp_path)
    assert (tmp_path / "nizkp" / "proofs" / "activethreshold").read_bytes() == b"1"


def test_one_proof_is_not_enough_where_the_threshold_is_2(tmp_path: Path) -> None:
    """So what we refuse to write nobody would accept."""
    write_session(group("p-256"), 3, tmp_path, parties=3)
    shuffle_session(tmp_path)
    write_session(group("p-256"), 3, tmp_path, parties=3, threshold=2)
    assert verified(tmp_path).status == 1  # activethreshold is below the threshold
    write("proofs/activethreshold", b"2")(tmp_path)
    assert verified(tmp_path).status == 2  # the second party's proof is missing
    with pytest.raises(Refused, match="needs the proofs of 2 mix servers"):
        shuffle_session(tmp_path)


def test_messages_stay_and_their_order_does_not(tmp_path: Path) -> None:
    of, n = group("p-256"), 40
    write_session(of, n, tmp_path)
    x = 12345
    key = PublicKey(of.generator**x)
    messages = [of.generator ** (i + 1) for i in range(n)]
    layout, sealed = Layout(of, 1, 1), [key.encrypt(m, of.scalar(7 * i)) for i, m in enumerate(messages)]
    _rewrite(tmp_path, layout, key, sealed)
    shuffle_session(tmp_path)
    assert accepted(tmp_path)
    after = layout.ciphertexts(Tree((tmp_path / "nizkp" / LISTS[1]).read_bytes(), "after"))
    opened = [v / u**x for u, v in zip(after.c1[0].elements(), after.c2[0].elements(), strict=True)]
    assert opened != messages
    assert sorted(map(bytes, opened)) == sorted(map(bytes, messages))
    assert not {bytes(c.c1) for c in sealed} & set(after.c1[0].encodings())


def _rewrite(case: Path, layout: Layout, key: PublicKey, sealed: list[Ciphertext]) -> None:
    of = layout.group
    halves = [raw_vector(of, [c.c1 for c in sealed])], [raw_vector(of, [c.c2 for c in sealed])]
    (case / "ciphertexts").write_bytes(layout.write_ciphertexts(*halves).written)
    pair = node(write_element(of.generator), write_element(key.y))
    (case / "publicKey").write_bytes(node(write_group(of), pair))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five wide ciphertexts, shuffled."""
    case = tmp_path_factory.mktemp("session")
    write_session(group("p-256"), 5, case, 2, 2)
    shuffle_session(case)
    return case


def test_workers_make_proofs_too_also_in_a_group_that_is_registered_nowhere(tmp_path: Path) -> None:
    case = VECTORS / "modp3072fixed-k1-shuffle-n20"
    with ProcessPoolExecutor(2) as executor:
        server = MixServer.read(case / "protInfo.xml", case / "publicKey", executor=executor)
        count = server.shuffle(tmp_path / "nizkp", case / "nizkp" / LISTS[0])
    assert count == 20
    assert verify_directory(tmp_path / "nizkp", case / "protInfo.xml", seed=SEED).status == 0


def test_two_shuffles_of_one_list_have_nothing_in_common(session: Path, tmp_path: Path) -> None:
    again = shutil.copytree(session, tmp_path / "again", ignore=shutil.ignore_patterns("nizkp"))
    shuffle_session(again)
    for file in (*PROOFS, LISTS[1]):
        assert (again / "nizkp" / file).read_bytes() != (session / "nizkp" / file).read_bytes()


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


TAMPERING: dict[str, tuple[Change, str]] = {
    "an output item changed": (flip(PROOFS[3], -1), "lists"),
    "both copies changed": (lambda c: [flip(file, 200, 1)(c) for file in (PROOFS[3], LISTS[1])], "shuffle"),
    "the input list changed": (flip(LISTS[0], 200), "shuffle"),
    "commitments exchanged": (swap(PROOFS[0], 5, 86, 81), "shuffle"),
    "a reply changed": (flip(PROOFS[2], -1), "shuffle"),
    "the first reply changed": (flip(PROOFS[2], 42), "shuffle"),
    "a commitment that is no point": (flip(PROOFS[1], -1), "shuffle"),
    "another session": (write("auxsid", b"other"), "shuffle"),
    "no proof": (delete(PROOFS[1]), "complete"),
    "a byte too many": (lambda c: longer(c / "nizkp" / PROOFS[2]), "shuffle"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_our_proofs_changed_are_refused(name: str, session: Path, tmp_path: Path) -> None:
    case = shutil.copytree(session, tmp_path / "case")
    assert verified(case).status == 0
    change, check = TAMPERING[name]
    change(case)
    report = verified(case)
    assert report.status == (2 if check == "complete" else 1)
    assert f"verificatum.{check}" in {finding.check for finding in report.failures}


def test_masks_are_long_enough_and_the_responses_as_long_as_they() -> None:
    case = VECTORS / "modp3072-k1-shuffle-n20"
    info = read_protinfo(case / "protInfo.xml")
    challenger = info.challenger("default")
    assert info.slack == 100
    for slack, bits in ((100, 128), (200, 200)):
        key = None
        shuffler = Shuffler(Layout(info.group, 1, 1), challenger, slack, key, Arithmetic.FAST)  # type: ignore[arg-type]
        lengths = shuffler.lengths
        assert (lengths.n_e, lengths.n_v, lengths.n_r) == (256, 256, bits)
        assert lengths.mask_bound(info.group) == 1 << (512 + bits)
        assert lengths.mask_bound(group("p-256")) == group("p-256").order


# --- what is refused; nothing is left behind ---


def attempt(case: Path, auxsid: str = "default") -> None:
    MixServer.read(case / "protInfo.xml", case / "publicKey", auxsid).shuffle(case / "made", case / "ciphertexts")


def version(data: bytes) -> Change:
    return edit("protInfo.xml", b"<version>3.1.0<", b"<version>" + data + b"<")


MISTAKES: dict[str, tuple[Change | None, dict[str, str], type[EvoteError], str]] = {
    "no key": (lambda c: (c / "publicKey").unlink(), {}, EvidenceMissing, "publicKey: No such file"),
    "no list": (lambda c: (c / "ciphertexts").unlink(), {}, EvidenceMissing, "ciphertexts: No such file"),
    "an empty list": (lambda c: (c / "ciphertexts").write_bytes(b""), {}, DecodeError, "ends too early"),
    "no member": (
        lambda c: (c / "ciphertexts").write_bytes((c / "ciphertexts").read_bytes()[:-1] + b"\xff"),
        {},
        DecodeError,
        "ciphertexts v column 3 item 4",
    ),
    "another group": (
        lambda c: shutil.copy(VECTORS / "p384-k1-mix-n20" / "publicKey", c / "publicKey"),
        {},
        DecodeError,
        "another group",
    ),
    "one key for two": (
        lambda c: shutil.copy(VECTORS / "p256-k1-mix-n20" / "publicKey", c / "publicKey"),
        {},
        DecodeError,
        "another number of keys",
    ),
    "two mix servers": (
        lambda c: shutil.copy(VECTORS / "p256-k3t2-mix-n20" / "protInfo.xml", c / "protInfo.xml"),
        {},
        Refused,
        "needs the proofs of 2",
    ),
    "a path for a word": (None, {"auxsid": "../x"}, Refused, "auxsid"),
    "a word that no reader reads to its end": (None, {"auxsid": "a" * 257}, Refused, "auxsid"),
    "no version": (version(b""), {}, DecodeError, "version is not one word"),
    "a version with a space": (version(b"3.1.0 beta"), {}, DecodeError, "version is not one word"),
    "a version with an accent": (version("3.é".encode()), {}, DecodeError, "version is not one word"),
    "a version of 257 letters": (version(b"3" * 257), {}, DecodeError, "version is not one word"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_cannot_be_shuffled_leaves_nothing(name: str, session: Path, tmp_path: Path) -> None:
    case = shutil.copytree(session, tmp_path / "case", ignore=shutil.ignore_patterns("nizkp"))
    change, arguments, error, message = MISTAKES[name]
    if change is not None:
        change(case)
    before = sorted(case.iterdir())
    with pytest.raises(error, match=message):
        attempt(case, **arguments)
    assert sorted(case.iterdir()) == before


@pytest.mark.parametrize("step", ["write_temporary", "sync_directory"])
def test_a_directory_is_written_as_a_whole_or_not_at_all(
    step: str, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = shutil.copytree(session, tmp_path / "case", ignore=shutil.ignore_patterns("nizkp"))
    before = sorted(case.iterdir())
    calls = []

    def fails(*_: object) -> None:
        calls.append(step)
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(files, step, fails)
        with pytest.raises(OSError, match="disk is full"):
            attempt(case)
    assert calls == [step]
    assert sorted(case.iterdir()) == before
    attempt(case)
    assert verify_directory(case / "made", case / "protInfo.xml", seed=SEED).status == 0


def test_the_longest_auxsid_and_the_oddest_version_are_read(session: Path, tmp_path: Path) -> None:
    case = shutil.copytree(session, tmp_path / "case", ignore=shutil.ignore_patterns("nizkp"))
    version(b"v3.1_0-beta." + b"1" * 244)(case)
    attempt(case, "a" * 256)
    assert verify_directory(case / "made", case / "protInfo.xml", auxsid="a" * 256, seed=SEED).status == 0


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_named(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = shutil.copytree(session, tmp_path / "case", ignore=shutil.ignore_patterns("nizkp"))
    monkeypatch.setattr("os.fsync", full)
    assert command(case) == 2
    assert capsys.readouterr().err == f"evote: {case / 'made'}: No space left on device\n"
    server = MixServer.read(case / "protInfo.xml", case / "publicKey")
    with pytest.raises(OSError, match=r"No space left on device: .*list\.prepared'$"):
        server.prepare(case / "list.prepared", b"correct horse battery", 1, vault.MINIMAL)


def test_what_is_there_is_not_replaced(session: Path) -> None:
    content = (session / "nizkp" / LISTS[1]).read_bytes()
    with pytest.raises(FileExistsError):
        shuffle_session(session)
    assert (session / "nizkp" / LISTS[1]).read_bytes() == content


# --- the command ---


def command(case: Path, *options: str) -> int:
    words = ["--protinfo", case / "protInfo.xml", "--key", case / "publicKey", "--in", case / "ciphertexts"]
    return main(["shuffle", *map(str, words), "--jobs", "1", "--out", str(case / "made"), *options])


def test_the_command_shuffles_and_another_verifies(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = shutil.copytree(session, tmp_path / "case")
    assert command(case, "--format", "verificatum", "--auxsid", "north") == 0
    assert "5 ciphertexts shuffled" in capsys.readouterr().out
    words = [case / "made", "--format", "verificatum", "--protinfo", case / "protInfo.xml", "--jobs", "1"]
    assert main(["verify", *map(str, words)]) == 0
    assert "session" in capsys.readouterr().out
    assert (case / "made" / "auxsid").read_bytes() == b"north"
    assert command(case) == 2
    assert "is there already" in capsys.readouterr().err
    assert command(case, "--format", "native") == 2
    (case / "ciphertexts").write_bytes(b"\0")
    shutil.rmtree(case / "made")
    assert command(case) == 1
