"""Which files we take: what one may be called, what it must be, and what to say of one that we do not take.

Nothing that a sender says of a file is believed: its kind is what its content is, and the content is opened to see it.
"""

from __future__ import annotations

import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from casework.exchanges import opening
from casework.exchanges.opening import BadFile

LONGEST_NAME = 100
MEGABYTE = 1024 * 1024

# What we take, with the endings of its name; the first is given to a name without one.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "video/mp4": ("mp4", "m4v", "3gp"),
    "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm",),
}
# What a file input of a browser offers. HEIC is left out, so that telephones turn such pictures into JPEG themselves.
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.mp4,.mov,.webm"
TAKEN = "a picture (JPG, PNG or WebP), a PDF or a video (MP4, MOV or WebM)"

# What must not be part of a name on any system; what no one sees in one goes too.
_BAD = set('<>:"|?*')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True)
class Accepted:
    """A file that we take: its name, what it is, its size, and its content (written again, where it was cleaned)."""

    name: str
    kind: str
    size: int
    content: BinaryIO


def accept(given_name: str, content: BinaryIO, *, most: int, most_video: int, clean: bool = False) -> Accepted:
    """The file, if we take it, or `BadFile`. Sizes in megabytes. `clean` takes place and device out of pictures."""
    name = clean_name(given_name)
    size = content.seek(0, 2)
    if size == 0:
        raise BadFile(f"“{name}” is empty. Check it on your device, then add it again.")
    if size > most_video * MEGABYTE:
        raise BadFile(_too_large(name, most_video))
    kind = opening.kind_of(content)
    if not kind:
        raise BadFile(f"“{name}” must be {TAKEN}. Save it as one of these, then add it again.")
    if kind == "image/heic":
        raise BadFile(f"“{name}” is a HEIC picture. Save or share it as a JPG, then add that.")
    limit = most_video if kind.startswith("video/") else most
    if size > limit * MEGABYTE:
        raise BadFile(_too_large(name, limit))
    name = _named_as(name, kind)
    content.seek(0)
    if zipfile.is_zipfile(content):
        raise BadFile(f"“{name}” has other files hidden in it. Add those that matter one by one.")
    content.seek(0)
    checked = opening.open_up(name, kind, content, clean)
    size = checked.seek(0, 2)
    checked.seek(0)
    return Accepted(name, kind, size, checked)


def clean_name(given: str) -> str:
    """A file's name as it may be shown and saved: no folder, nothing unseen, not too long, never empty."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    name = " ".join("".join("_" if c in _BAD else c for c in seen).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    if stem.casefold() in _DEVICES:
        stem = f"_{stem}"
    ending = ending[:10]
    stem = stem[: LONGEST_NAME - len(ending) - 1].rstrip(". ") or "file"
    return f"{stem}.{ending}" if ending else stem


def _named_as(name: str, kind: str) -> str:
    """The name with an ending that fits. A picture or video with the ending of another sort of these gets its own."""
    stem, dot, ending = name.rpartition(".")
    endings = ENDINGS[kind]
    if not dot:
        return f"{name}.{endings[0]}"
    if ending.casefold() in endings:
        return name
    family = kind.partition("/")[0]
    siblings = {each for other, theirs in ENDINGS.items() if other.startswith(f"{family}/") for each in theirs}
    if ending.casefold() in siblings:
        return f"{stem}.{endings[0]}"
    raise BadFile(f"“{name}” is not what its name says. Save it again as {TAKEN}, then add that.")


def _too_large(name: str, limit: int) -> str:
    return f"“{name}” must be smaller than {limit} MB. Make it smaller or shorter, or send a part of it."
