"""Files that people add, from a draft on: kept, moved along with what they belong to, removed. Never commits.

A page that asks for files has a `forms.Files` question and calls `keep_all`; what was good is kept, whatever else is
wrong with the page. `of_draft` and `remove_from_draft` show and take back; `move_to_case` goes with the sending.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, BinaryIO, Protocol

from flask import current_app
from sqlalchemy import func, select

from casework.cases.models import CaseLink
from casework.exchanges import accepting, store
from casework.exchanges.models import Attachment
from casework.exchanges.opening import BadFile
from casework.extensions import db
from casework.moments import now
from casework.roles import Actor
from casework.settings import service as settings

# What an anonymous sender should know before choosing a file.
ANONYMOUS_NOTE = (
    "We take the place and the device out of pictures. A video or PDF can still say where and with what it was made."
)


# No limit of its own on what was taken before.
LARGEST = 1_000


class Upload(Protocol):
    """A file as a browser sent it."""

    filename: Any
    stream: Any


class Asks(Protocol):
    """A question for files: see `forms.Files`."""

    data: Any

    def fail(self, message: str) -> None: ...


def hint() -> str:
    """What we take, for the hint of a question."""
    return (
        f"You can add up to {settings.value('files.count')} files at a time: JPG, PNG or WebP pictures and PDFs up to "
        f"{settings.value('files.size')} MB each, and MP4, MOV or WebM videos up to "
        f"{settings.value('files.video.size')} MB."
    )


def keep_all(
    question: Asks, actor: Actor, *, draft_id: int | None = None, case_id: int | None = None, anonymous: bool = False
) -> list[Attachment]:
    """Keep every good file of a question, and say at the question what is wrong with each other one."""
    given = list(question.data or [])
    most = settings.value("files.count")
    if len(given) > most:
        question.fail(f"You can add up to {most} files at a time. Choose fewer, then add the others after that.")
        return []
    kept = []
    for upload in given:
        try:
            kept.append(keep(upload, actor, draft_id=draft_id, case_id=case_id, anonymous=anonymous))
        except BadFile as bad:
            question.fail(bad.sentence)
    return kept


def keep(
    upload: Upload, actor: Actor, *, draft_id: int | None = None, case_id: int | None = None, anonymous: bool = False
) -> Attachment:
    """Keep one file of a draft or of a case, or raise `BadFile`. Where there is a scanner it waits for it."""
    accepted = accepting.accept(
        upload.filename or "",
        upload.stream,
        most=settings.value("files.size"),
        most_video=settings.value("files.video.size"),
        clean=anonymous,
    )
    if _lately(actor, draft_id, case_id) + accepted.size > settings.value("files.day") * accepting.MEGABYTE:
        raise BadFile(
            f"“{accepted.name}” is more than we can take in a day. Add it tomorrow, or tell us that there is more."
        )
    kept = Attachment(
        case_id=case_id,
        draft_id=draft_id,
        at=now(),
        party_id=actor.party_id,
        account_id=actor.account_id,
        name=accepted.name,
        kind=accepted.kind,
        size=accepted.size,
        digest=_digest(accepted.content),
        stored=store.put(accepted.content),
        verdict="waiting" if current_app.config["CLAMD_SOCKET"] else "clean",
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def of_draft(draft_id: int) -> list[Attachment]:
    """The files of a draft, oldest first, also those that the scanner refused."""
    wanted = select(Attachment).where(Attachment.draft_id == draft_id, Attachment.removed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Attachment.id)))


def remove_from_draft(draft_id: int, file_id: int) -> bool:
    """Take a file of a draft back. Its content goes in the night. Returns whether there was one."""
    kept = db.session.scalars(
        select(Attachment).where(
            Attachment.id == file_id, Attachment.draft_id == draft_id, Attachment.removed_at.is_(None)
        )
    ).one_or_none()
    if kept is not None:
        kept.removed_at = now()
        db.session.flush()
    return kept is not None


def move_to_case(draft_id: int, case_id: int, party_id: int | None = None, anonymous: bool = False) -> int:
    """Let the files of a draft go with the case that it became. Returns how many. What was refused stays behind.

    Whether somebody stays anonymous may be known only when they send: their pictures are cleaned now.
    """
    moved = [each for each in of_draft(draft_id) if each.verdict != "refused"]
    for file in moved:
        file.draft_id, file.case_id, file.party_id = None, case_id, party_id
        if anonymous and file.kind.startswith("image/"):
            _clean(file)
    db.session.flush()
    return len(moved)


def story(case_id: int) -> tuple[int, ...]:
    """The ids of a case and of those that went on as it: what was sent with those belongs to it."""
    before = select(CaseLink.case_id).where(CaseLink.other_id == case_id, CaseLink.kind == "became")
    return (case_id, *db.session.scalars(before))


def of_case(case_id: int, file_id: int) -> Attachment | None:
    """A file of a case (or of what went on as it) that may be given out: scanned, and not removed."""
    return db.session.scalars(
        select(Attachment).where(
            Attachment.id == file_id,
            Attachment.case_id.in_(story(case_id)),
            Attachment.removed_at.is_(None),
            Attachment.verdict == "clean",
        )
    ).one_or_none()


def shown_to_people(file: Attachment) -> bool:
    """Whether the people of a case see a file: their own, and what staff sent them with a reply."""
    return file.account_id is None or file.exchange_id is not None


def content(stored: str) -> Iterator[bytes]:
    """The content of a file by its name in the store, or `store.Missing`."""
    return store.get(stored)


@store.keeps
def used(names: Iterable[str]) -> set[str]:
    """Which of these names in the store belong to a file."""
    return set(db.session.scalars(select(Attachment.stored).where(Attachment.stored.in_(list(names)))))


def _lately(actor: Actor, draft_id: int | None, case_id: int | None) -> int:
    """How many bytes the same sender added in the last 24 hours, removed files too."""
    wanted = select(func.coalesce(func.sum(Attachment.size), 0)).where(Attachment.at > now() - timedelta(days=1))
    if actor.account_id is not None:
        return 0
    sender = Attachment.draft_id == draft_id if draft_id else Attachment.case_id == case_id
    return int(db.session.scalar(wanted.where(sender, Attachment.account_id.is_(None))) or 0)


def _clean(file: Attachment) -> None:
    """Take place and device out of a picture that was kept with them. What it was goes in the night."""
    before = io.BytesIO(b"".join(store.get(file.stored)))
    accepted = accepting.accept(file.name, before, most=LARGEST, most_video=LARGEST, clean=True)
    file.size, file.digest = accepted.size, _digest(accepted.content)
    file.stored = store.put(accepted.content)


def _digest(content: BinaryIO) -> bytes:
    found = sha256()
    while piece := content.read(store.PIECE):
        found.update(piece)
    content.seek(0)
    return found.digest()


__all__ = ["BadFile", "keep", "keep_all", "move_to_case", "of_draft", "remove_from_draft"]
