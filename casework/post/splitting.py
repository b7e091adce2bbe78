"""Which pages of a scan belong together: by separator sheets, and by the codes on our own paper. Pure.

Nothing is ever left out: every page is in a group, is a separator, or is said to belong to nothing yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.printing.codes import Code, FormCode, ReplyCode, SeparatorCode


@dataclass(frozen=True)
class Sheet:
    """A page of a scan: the code of ours on it, and whether it looks empty."""

    code: Code | None = None
    blank: bool = False


@dataclass
class Group:
    """Pages (their places in the scan, from 0) of one matter. `inside`: of the same envelope as the group before."""

    pages: list[int] = field(default_factory=list)
    form: str = ""  # feedback/1, ride/2/large
    reply: ReplyCode | None = None
    inside: bool = False
    seen: set[int] = field(default_factory=set)  # which pages of the form are there


@dataclass
class Split:
    """What a scan falls into."""

    groups: list[Group] = field(default_factory=list)
    separators: list[int] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)  # empty pages of a scan on which there is nothing else


def split(sheets: Sequence[Sheet]) -> Split:
    """Where there are separators, they alone say where an envelope ends; a second form in it is a second matter.

    Where there are none, each new form, and each reply to another letter of ours, is another envelope. Empty pages go
    with what they follow, or with what follows where they come first: the back of a separator, say.
    """
    found = Split()
    current: Group | None = None
    waiting: list[int] = []
    fenced = any(isinstance(sheet.code, SeparatorCode) for sheet in sheets)
    for place, sheet in enumerate(sheets):
        if isinstance(sheet.code, SeparatorCode):
            found.separators.append(place)
            current = None
        elif sheet.blank and sheet.code is None:
            (waiting if current is None else current.pages).append(place)
        else:
            if current is None or _begins(sheet.code, current, fenced):
                current = Group(pages=waiting, inside=current is not None and fenced)
                found.groups.append(current)
                waiting = []
            _add(current, place, sheet.code)
    (found.groups[-1].pages if found.groups else found.loose).extend(waiting)
    return found


def named(code: FormCode) -> str:
    """A form as items name it."""
    return f"{code.form}/{code.version}{'/large' if code.large else ''}"


def _begins(code: Code | None, current: Group, fenced: bool) -> bool:
    """Whether a page with this code is the first of something new."""
    if isinstance(code, ReplyCode):
        return code != current.reply and (not fenced or current.reply is not None or current.form != "")
    if isinstance(code, FormCode):
        if current.form:
            return named(code) != current.form or code.page in current.seen
        return code.page == 1 and (not fenced or current.reply is not None)
    return False


def _add(current: Group, place: int, code: Code | None) -> None:
    current.pages.append(place)
    if isinstance(code, FormCode):
        current.form = named(code)
        current.seen.add(code.page)
    elif isinstance(code, ReplyCode):
        current.reply = code
