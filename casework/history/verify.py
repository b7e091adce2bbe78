"""Finds what is wrong in the chains: an altered, reordered, missing or cut-off entry, and says where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from casework.extensions import db
from casework.history.models import Event, EventNote, Stream
from casework.history.service import chain, digest_note

_BATCH = 5000


@dataclass(frozen=True)
class Fault:
    """One thing wrong: in which stream, at which number, what."""

    stream_id: int
    number: int
    words: str

    def __str__(self) -> str:
        return f"stream {self.stream_id}, entry {self.number}: {self.words}"


def verify() -> list[Fault]:
    """Check every entry of every stream against its chain, and every chain's end against its stream."""
    return list(_faults())


def _faults() -> Iterator[Fault]:
    heads: dict[int, tuple[int, bytes]] = {}
    broken: set[int] = set()
    for event, note in _events():
        number, mac = heads.get(event.stream_id, (0, b""))
        heads[event.stream_id] = (event.number, bytes(event.mac))
        if event.stream_id in broken:
            continue
        if event.number != number + 1:
            broken.add(event.stream_id)
            yield Fault(event.stream_id, number + 1, "an entry is missing")
        elif chain(mac, event) != bytes(event.mac):
            broken.add(event.stream_id)
            yield Fault(event.stream_id, event.number, "this entry was altered, inserted or moved")
        elif note is not None and (event.note_digest is None or digest_note(note.salt, note.text) != event.note_digest):
            yield Fault(event.stream_id, event.number, "the words beside this entry were altered")
    for stream in db.session.execute(select(Stream.id, Stream.head, Stream.head_mac)):
        number, mac = heads.get(stream.id, (0, b""))
        if stream.id not in broken and (number, mac) != (stream.head, bytes(stream.head_mac)):
            yield Fault(stream.id, number + 1, "the end of this stream was cut off or its head was changed")


def _events() -> Iterator[tuple[Event, EventNote | None]]:
    """Every event with its note, in the order of streams and numbers, in pages by key."""
    last = (0, 0)
    while True:
        page = (
            select(Event, EventNote)
            .outerjoin(EventNote, EventNote.event_id == Event.id)
            .where(tuple_(Event.stream_id, Event.number) > tuple_(*last))
            .order_by(Event.stream_id, Event.number)
            .limit(_BATCH)
        )
        rows = db.session.execute(page).all()
        yield from ((event, note) for event, note in rows)
        if len(rows) < _BATCH:
            return
        last = (rows[-1][0].stream_id, rows[-1][0].number)
        db.session.expunge_all()
