"""The architecture holds: import contracts, no prover code in a verifier, sizes, no mutable module state."""

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

import evote
from evote.scenario import draw, run

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "evote").rglob("*.py"))
SECRET_CODE = {
    "secrets",
    "evote.crypto.prover",
    "evote.crypto.sealing",
    "evote.crypto.signing",
    "evote.record.operator",
    "evote.record.vault",
    "evote.ballot.voter",
    "evote.mixnet.commitment_consistent.prover",
    "evote.mixnet.draws",
    "evote.mixnet.mixer",
    "evote.mixnet.offline",
    "evote.mixnet.terelius_wikstrom.offline",
    "evote.mixnet.terelius_wikstrom.prover",
    "evote.tally.petition_trustee",
    "evote.tally.trustee",
    "evote.formats.ivxv.box.writer",
    "evote.formats.ivxv.decryptor",
    "evote.formats.ivxv.export",
    "evote.formats.ivxv.private_key",
    "evote.formats.ivxv.share_holder",
    "evote.formats.ivxv.voter",
    "evote.formats.ivxv.wide_writer",
    "evote.formats.ivxv.writer",
    "evote.formats.native.writer",
    "evote.formats.verificatum.precomputation",
    "evote.formats.verificatum.prover",
    "evote.formats.verificatum.writer",
    "evote.operator",
    "evote.simulate",
}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_import_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("example", ["riigikogu", "referendum"])
def test_a_verifier_never_loads_prover_code(example: str, tmp_path: Path) -> None:
    """Not even when it verifies a whole record, plug-ins and all."""
    record = tmp_path / "record"
    run(record, draw(example, 20, seed=1))
    script = (
        "import sys; from pathlib import Path; from evote.verify import verify\n"
        f"assert verify(Path({str(record)!r})), 'an honest record was refused'\n"
        f"print(sorted({SECRET_CODE!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("example", ["riigikogu", "referendum"])
def test_the_verify_command_never_loads_prover_code(example: str, tmp_path: Path) -> None:
    record = tmp_path / "record"
    run(record, draw(example, 20, seed=1))
    script = (
        "import sys; sys.argv = ['evote', 'verify', '--jobs', '1', " + repr(str(record)) + "]\n"
        "from evote.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
        f"print(sorted({SECRET_CODE - {'secrets'}!r} & set(sys.modules)))"  # typer's pydantic imports secrets
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


def test_modules_and_functions_are_small() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    lengths = {f"{path.name}:{node.name}": length(node) for path in MODULES for node in functions(path)}
    assert {path.name: n for path, n in lines.items() if n > 350} == {}
    assert {name: n for name, n in lengths.items() if n > 40} == {}
    assert median(lengths.values()) <= 8


def test_modules_hold_no_mutable_state() -> None:
    """A constant in capitals or a type alias may be a dict or a list; nothing at module level is assigned twice."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)], path
        names = [
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        assert len(names) == len(set(names)), path


def test_nothing_below_the_command_line_reads_the_environment() -> None:
    readers = [path for path in MODULES if "environ" in path.read_text(encoding="utf-8") and "cli" not in path.parts]
    assert readers == []


def test_public_names_are_loaded_when_used() -> None:
    assert [name for name in evote.__all__ if getattr(evote, name).__name__ != name] == []
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = evote.nothing
