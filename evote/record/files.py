"""Writing a file so that a crash leaves the old one or the new one, never half of either.

The bytes go to a temporary file in the same directory and reach the disk before the name does. A crash may leave a
temporary file behind; `is_temporary` recognises it.
"""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

PREFIX, SUFFIX = ".", ".tmp"


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Make ``data`` the content of ``path``, replacing the file that was there; a link stays one, its file is replaced.

    ``OSError``, as of `check_replaceable`, if something other than a file is there.
    """
    check_replaceable(path)
    own = Path(os.path.realpath(path))
    temporary = write_temporary(own.parent, [data], mode)
    publish(temporary, own)


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Make ``data`` the content of a new file; ``FileExistsError`` if there is one."""
    temporary = write_temporary(path.parent, [data], mode)
    try:
        path.hardlink_to(temporary)  # unlike a rename, this never replaces
    finally:
        temporary.unlink()
    sync_directory(path.parent)


def write_temporary(directory: Path, chunks: Iterable[bytes | memoryview], mode: int = 0o644) -> Path:
    """Return a temporary file that holds ``chunks`` safely on disk; it is gone again if anything goes wrong."""
    descriptor, name = tempfile.mkstemp(SUFFIX, PREFIX, directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def publish(temporary: Path, path: Path) -> None:
    """Give a temporary file its name, replacing what had it."""
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise
    sync_directory(path.parent)


def check_new(path: Path) -> None:
    """Raise ``FileExistsError`` if there is something of that name."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "is there already", str(path))


def check_replaceable(path: Path) -> None:
    """Raise ``OSError`` if there is a device, pipe, socket or directory of that name, or behind a link of that name."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file, and so not replaced", str(path))


def write_new_directory(path: Path, files: Mapping[str, bytes | memoryview]) -> None:
    """Make a directory with these files, whose names may have one directory before them; all of it or nothing.

    ``FileExistsError`` if there is something of that name.
    """
    check_new(path)
    temporary = Path(tempfile.mkdtemp(SUFFIX, PREFIX, path.parent))
    try:
        for name, data in files.items():
            place = temporary / name
            place.parent.mkdir(exist_ok=True)
            write_temporary(place.parent, [data]).rename(place)
        for directory in {(temporary / name).parent for name in files} | {temporary}:
            sync_directory(directory)
        temporary.chmod(0o755)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Bring the names in a directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_temporary(path: Path) -> bool:
    """Tell whether a crashed `write_atomic` may have left this file."""
    return path.name.startswith(PREFIX) and path.name.endswith(SUFFIX) and path.is_file()
