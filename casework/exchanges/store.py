"""The content of files: outside the database and outside what the web serves, under random names, sealed in pieces.

A file is there once its name is; which files exist at all, the rows say. `CASEWORK_HOME/files/<2 hex>/<32 hex>`.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from casework import sealed

# So much is sealed at a time: memory stays small, and a piece that was moved or left out does not open.
PIECE = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{32}")
# What was begun and not finished for so long is left over from a crash.
LEFT_OVER = 24 * 3600


class Missing(Exception):
    """The content of a file is not there, or is not what was put there."""


_keepers: list[Callable[[Iterable[str]], set[str]]] = []


def keeps(function: Callable[[Iterable[str]], set[str]]) -> Callable[[Iterable[str]], set[str]]:
    """Register which of some names a feature still needs: the night's sweep forgets what nobody does."""
    _keepers.append(function)
    return function


def needed(some: Iterable[str]) -> set[str]:
    """Which of these names somebody still needs."""
    wanted = list(some)
    return {name for keeper in _keepers for name in keeper(wanted)}


def put(content: BinaryIO) -> str:
    """Keep content and return the name that it has in the store. It is on the disk when this returns."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".new")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for number, (piece, last) in enumerate(_pieces(content)):
                sealed_piece = sealed.seal_bytes(piece, _place(name, number, last))
                file.write(len(sealed_piece).to_bytes(4, "big") + sealed_piece)
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(path.parent)
    return name


def has(name: str) -> bool:
    """Whether there is content of this name."""
    return _path(name).is_file()


def get(name: str) -> Iterator[bytes]:
    """The content, piece by piece, also after the request. `Missing` as soon as a piece is not there as it was put."""
    return _opened(name, _path(name), sealed.opener())


def drop(name: str) -> None:
    """Forget content. Dropping what is gone does nothing."""
    _path(name).unlink(missing_ok=True)


def names() -> Iterator[str]:
    """The name of all content that is there."""
    for path in _root().glob("??/*"):
        if _NAME.fullmatch(path.name):
            yield path.name


def drop_unfinished() -> int:
    """Forget what was begun and never finished. Returns how many there were."""
    gone = 0
    for path in _root().glob("??/*.new"):
        if time.time() - path.stat().st_mtime > LEFT_OVER:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def age(name: str) -> float:
    """For how many seconds content has been there."""
    try:
        return time.time() - _path(name).stat().st_mtime
    except OSError:
        return 0.0


def _opened(name: str, path: Path, open_up: Callable[[bytes, str], bytes]) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            head, number = file.read(4), 0
            while head:
                piece = file.read(int.from_bytes(head, "big"))
                head = file.read(4)
                yield open_up(piece, _place(name, number, last=not head))
                number += 1
    except (OSError, sealed.CannotOpen):
        raise Missing(name) from None


def _pieces(content: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = content.read(PIECE)
    while True:
        following = content.read(PIECE)
        yield piece, not following
        if not following:
            return
        piece = following


def _place(name: str, number: int, last: bool) -> str:
    return f"files.{name}.{number}.{'last' if last else 'more'}"


def _root() -> Path:
    return Path(current_app.root_path).parent / current_app.config["CASEWORK_HOME"] / "files"


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise Missing(name)
    return _root() / name[:2] / name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
