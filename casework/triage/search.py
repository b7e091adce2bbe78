"""Full-text search over what people wrote, notes and what both sides said: in scope, newest case first.

A word of every third case must not cost more than a rare one. A rare word is found by its index; for a common one the
newest cases are looked through, and only where they have too few the index collects all that there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from casework.cases import desk, finding
from casework.cases.models import Case, Note
from casework.cases.queries import Scope
from casework.complaints.models import Complaint
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback

MOST = 50
# Above so many matches a word is common. For it the newest cases are looked through: few, and more where those have too
# little. An area has hardly more than the last number; to ask each of so many is quicker than to collect every match.
COMMON, NEWEST = 2000, (200, 1000, 10_000)
# Where a marked word begins and ends: characters that mean nothing and are taken out of the text itself.
_BEGIN, _END = "\ue000", "\ue001"
_SHOWN = f"StartSel={_BEGIN}, StopSel={_END}, MaxWords=30, MinWords=12, MaxFragments=1"


@dataclass(frozen=True)
class Hit:
    """A case with the piece of text in which the words stand."""

    case_id: int
    reference: str
    kind: str
    state: str
    received_on: date
    where: str
    snippet: Markup


@dataclass(frozen=True)
class Place:
    """Where words may stand: the rows that hold them, what matches there, which cases they belong to, what to show."""

    where: str
    rows: Any
    matches: Any
    # Pairs of case and row, as columns case_id and row_id.
    cases: FromClause
    text: Any


def _of_encounters() -> FromClause:
    tables = (Feedback.__table__, Complaint.__table__)
    pairs = [select(each.c.id.label("case_id"), each.c.encounter_id.label("row_id")) for each in tables]
    return union_all(*pairs).subquery("told")


_ENGLISH: ColumnElement[Any] = literal_column("'english'")
_TOLD = ("what", "effect", "wish", "place", "officers", "vehicle", "receipt", "witnesses", "evidence")
PLACES = (
    Place(
        "what happened",
        Encounter,
        Encounter.words,
        _of_encounters(),
        func.concat_ws(" … ", *(func.nullif(getattr(Encounter, name), "") for name in _TOLD)),
    ),
    Place(
        "a message",
        Exchange,
        Exchange.searched,
        select(Exchange.case_id, Exchange.id.label("row_id")).subquery("said"),
        Exchange.words,
    ),
    Place(
        "a note",
        Note,
        func.to_tsvector(_ENGLISH, Note.words),
        select(Note.case_id, Note.id.label("row_id")).subquery("noted"),
        Note.words,
    ),
)


@desk.searcher
def search(scope: Scope, words: str, most: int = MOST) -> list[Hit]:
    """The newest cases in a scope in which the words stand, each once. Words may be quoted or have a minus before."""
    query = func.websearch_to_tsquery(_ENGLISH, words)
    if not db.session.scalar(select(func.numnode(query))):
        return []  # nothing but the small words of every sentence
    look, found = _Look(scope, most), dict[int, tuple[Place, int]]()
    for place in PLACES:
        # Where enough are found, what is older than all of them is not wanted from the next place.
        floor = sorted(found, reverse=True)[most - 1] if len(found) >= most else 0
        for case_id, row_id in look.newest(place, place.matches.op("@@", is_comparison=True)(query), floor):
            found.setdefault(case_id, (place, row_id))
    newest = sorted(found, reverse=True)[:most]
    hits: list[Hit] = []
    for place in PLACES:
        hits += _hits(place, query, {case: found[case][1] for case in newest if found[case][0] is place})
    return sorted(hits, key=lambda hit: -hit.case_id)


def marked(headline: str) -> Markup:
    """A piece of text with its found words marked; everything else in it is text, whatever it looks like."""
    first, *rest = headline.split(_BEGIN)
    safe = Markup.escape(first)
    for piece in rest:
        word, _, after = piece.partition(_END)
        safe += Markup("<mark>%s</mark>%s") % (word, after)
    return safe


class _Look:
    """One search: the ways to the newest (case, row) where words stand in a place."""

    def __init__(self, scope: Scope, most: int) -> None:
        self._scope, self._covers, self._most = scope, scope.covers(), most
        self._known: dict[int, list[int]] = {}

    def newest(self, place: Place, matches: Any, floor: int) -> list[tuple[int, int]]:
        """The newest cases above a floor with a row that matches."""
        ids = list(db.session.scalars(select(place.rows.id).where(matches).limit(COMMON + 1)))
        if not ids:
            return []
        if len(ids) <= COMMON:
            return self._from_rows(place, place.cases.c.row_id == func.any(_array(ids)), floor)
        found, is_all = self._looked_through(place, matches, floor)
        if is_all:
            return found
        every = select(place.rows.id).where(matches).cte("every").prefix_with("MATERIALIZED", dialect="postgresql")
        return self._from_rows(place, place.cases.c.row_id.in_(select(every.c.id)), floor)

    def _from_rows(self, place: Place, condition: Any, floor: int) -> list[tuple[int, int]]:
        """Worked out from the rows that match."""
        pairs = select(place.cases.c.case_id, place.cases.c.row_id).where(condition).cte("pairs")
        pairs = pairs.prefix_with("MATERIALIZED", dialect="postgresql")
        # each looked up by itself: sorted by case, all cases there are would be walked
        case = select(Case.id).where(Case.id == pairs.c.case_id, self._covers).limit(1).lateral("case")
        wanted = select(case.c.id, pairs.c.row_id).select_from(pairs.join(case, true())).where(case.c.id > floor)
        wanted = wanted.order_by(case.c.id.desc()).limit(self._most)
        return [(row[0], row[1]) for row in db.session.execute(wanted)]

    def _looked_through(self, place: Place, matches: Any, floor: int) -> tuple[list[tuple[int, int]], bool]:
        """From the other side: the newest cases in scope, each asked whether the words stand there; whether that is all
        that is wanted."""
        found: list[tuple[int, int]] = []
        asked = None
        for size in NEWEST:
            recent = self._recent(size)
            cases = [case for case in recent if case > floor and (asked is None or case < asked)]
            if cases:
                found += self._asked(place, matches, cases, self._most - len(found))
            if len(found) == self._most or len(recent) < size or recent[-1] <= floor:
                return found, True
            asked = recent[-1]
        return found, False

    def _asked(self, place: Place, matches: Any, cases: list[int], most: int) -> list[tuple[int, int]]:
        case = func.unnest(_array(cases)).table_valued(column("id", BigInteger), name="asked").render_derived()
        each = (
            select(place.rows.id.label("row_id"))
            .join(place.cases, place.cases.c.row_id == place.rows.id)
            # written so that the index of the words, which would collect every match first, does not fit
            .where(place.cases.c.case_id == case.c.id, matches.is_(True))
            # by this, too, every case is asked by itself
            .limit(1)
            .lateral("each")
        )
        wanted = select(case.c.id, each.c.row_id).select_from(case.join(each, true()))
        return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(case.c.id.desc()).limit(most))]

    def _recent(self, size: int) -> list[int]:
        """So many of the newest cases in scope; fewer are all that there are."""
        if size not in self._known:
            self._known[size] = finding.newest(self._scope, size)
        return self._known[size]


def _hits(place: Place, query: Any, rows: dict[int, int]) -> list[Hit]:
    if not rows:
        return []
    pairs = (
        func.unnest(_array(rows), _array(rows.values()))
        .table_valued(column("case_id", BigInteger), column("row_id", BigInteger), name="wanted")
        .render_derived()
    )
    shown = func.ts_headline(_ENGLISH, func.translate(place.text, _BEGIN + _END, ""), query, _SHOWN)
    wanted = (
        select(Case.id, Case.reference, Case.kind, Case.state, Case.received_on, shown)
        .select_from(pairs)
        .join(Case, Case.id == pairs.c.case_id)
        .join(place.rows, place.rows.id == pairs.c.row_id)
    )
    found = db.session.execute(wanted)
    return [Hit(case, ref, kind, state, on, place.where, marked(text)) for case, ref, kind, state, on, text in found]


def _array(ids: Any) -> Any:
    return bindparam(None, list(ids), ARRAY(BigInteger))
