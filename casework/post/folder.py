"""The scanner's folder: what lies in `<folder>/<number of a batch>/` is picked up, and moved once it is done with.

Every look finds out anew how each file stands (its content is known by its digest), so a look may break off anywhere.
Files that are still being written are left alone. Nothing is followed out of the folder.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from flask import current_app
from sqlalchemy import select

from casework.deletion import deletes
from casework.extensions import db
from casework.logs import log
from casework.post import intake
from casework.post.models import Batch, Scan
from casework.post.workflow import BatchState
from casework.settings import service as settings

TAKEN, REFUSED = "done", "refused"
# A file that nobody has written to for so many seconds is whole.
SETTLED = 10.0
# A folder may get its batch, or its right name, within so many seconds.
STRAY = 300.0
UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
NO_BATCH = (
    "There is no open batch “{name}”. Put scans into a folder with the number of an open batch, such as 20261128-03."
)


def place() -> Path:
    """Where the scanner puts files: POST_SCAN_FOLDER, else `CASEWORK_HOME/scans`."""
    home = Path(current_app.root_path).parent / current_app.config["CASEWORK_HOME"]
    return Path(current_app.config.get("POST_SCAN_FOLDER") or home / "scans")


def pick_up() -> Iterator[int]:
    """Look through the folder once. Commit after each step; it gives the id of a scan that is new, else 0."""
    root = place()
    if not root.is_dir():
        return
    for name, paths in sorted(_files(root).items()):
        batch = db.session.scalars(select(Batch).where(Batch.number == name)).one_or_none() if name else None
        for path in paths:
            yield from _one(root, batch, path)


def _files(root: Path) -> dict[str, list[Path]]:
    """Files that are whole, by the name of the folder in which they lie; empty for the folder itself."""
    found: dict[str, list[Path]] = {}
    for entry in os.scandir(root):
        if entry.is_dir(follow_symlinks=False) and entry.name not in (TAKEN, REFUSED):
            inside = sorted(each.path for each in os.scandir(entry.path) if _whole(each))
            found[entry.name] = [Path(path) for path in inside]
        elif _whole(entry):
            found.setdefault("", []).append(Path(entry.path))
    return found


def _whole(entry: os.DirEntry[str]) -> bool:
    if not entry.is_file(follow_symlinks=False) or entry.name.startswith(".") or entry.name.endswith(UNFINISHED):
        return False
    return _age(entry.stat(follow_symlinks=False)) > SETTLED


def _one(root: Path, batch: Batch | None, path: Path) -> Iterator[int]:
    try:
        content = _open(path)
    except OSError as error:
        log.warning("a file in the scanner's folder cannot be read", error=error)
        return
    with content:
        scan = intake.known(batch.id, content) if batch is not None else None
        if scan is None and batch is not None and batch.state == BatchState.OPEN:
            scan = intake.add(batch, path.name, content).scan
            yield scan.id
        stray = _age(os.fstat(content.fileno())) > STRAY
    _settle(root, path, scan, stray)
    yield 0


def _settle(root: Path, path: Path, scan: Scan | None, stray: bool) -> None:
    """Move a file to where it belongs, as far as that is known."""
    if scan is None and stray:
        name = path.parent.name if path.parent != root else ""
        _move(root, path, REFUSED, NO_BATCH.format(name=name))
    elif scan is not None and scan.state == intake.DONE:
        _move(root, path, TAKEN)
    elif scan is not None and scan.state == intake.REFUSED:
        _move(root, path, REFUSED, scan.why)


def _move(root: Path, path: Path, where: str, why: str = "") -> None:
    folder = root / where / (path.parent.name if path.parent != root else "")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target, count = folder / path.name, 1
    while target.exists():
        count += 1
        target = folder / f"{path.stem}-{count}{path.suffix}"
    if why:
        target.with_name(f"{target.name}.txt").write_text(f"{why}\n", encoding="utf-8")
    os.rename(path, target)
    os.utime(target)


def _open(path: Path) -> BinaryIO:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    file: BinaryIO = os.fdopen(handle, "rb")
    if not S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise OSError("not a plain file")
    return file


def _age(facts: os.stat_result) -> float:
    return time.time() - facts.st_mtime


@deletes("files picked up from the scanner's folder")
def old(today: date) -> int:
    """What was picked up or refused, a while later: the pages are kept, the paper is there."""
    first = time.mktime(settings.first_within("post.scan.folder", today).timetuple())
    gone = 0
    for where in (TAKEN, REFUSED):
        for path in sorted((place() / where).rglob("*"), reverse=True):
            if path.is_symlink() or (path.is_file() and path.stat().st_mtime < first):
                path.unlink(missing_ok=True)
                gone += 1
    return gone
