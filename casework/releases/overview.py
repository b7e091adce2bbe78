"""The parts of the page on stop and search: a picture, a table with the same numbers, what to know of them. Pure.

What is shown is one choice of area, period, group and power, or two beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from casework.clocks.words import MONTHS
from casework.publishing import Shown, Table
from casework.releases import charts, measures
from casework.releases.charts import Row, Svg, Value
from casework.releases.cube import Count
from casework.releases.listing import listing
from casework.releases.measures import NOT_AVAILABLE, Residents

NOT_SUPPLIED = "Not supplied"
# What a file may say, where the page says it in other words.
WORDINGS = {
    "": NOT_SUPPLIED,
    "Other ethnic group - Not stated": "Not stated",
    "A no further action disposal": "No further action",
}
EACH = ("Searches", "Share", "Positive outcome", "Arrest", "Linked to what was looked for")


@dataclass(frozen=True)
class Chosen:
    """What one choice holds: its name, its months (those without figures too), and its counts."""

    name: str
    months: tuple[date, ...]
    total: Count
    by_month: dict[date, Count]
    cells: dict[str, dict[str, Count]]
    section60: Count
    section60_by_month: dict[date, Count]
    section60_cells: dict[str, dict[str, Count]]
    residents: Residents | None = None


@dataclass(frozen=True)
class Piece:
    """A part of the page: its key (also its place in the address), heading, picture, table and notes."""

    key: str
    heading: str
    picture: Svg | None
    table: Table | None
    notes: tuple[str, ...] = ()

    @property
    def listing(self) -> Svg | None:
        """The table as markup."""
        return listing(self.table) if self.table else None


@dataclass(frozen=True)
class Figure:
    """A key figure with what it means; a value for each choice."""

    name: str
    values: tuple[str, ...]
    meaning: str


@dataclass
class Terms:
    """What counts as few, and what the two choices are called."""

    fewest: int
    names: tuple[str, ...] = field(default=())


def key_figures(chosen: Sequence[Chosen], terms: Terms) -> list[Figure]:
    """The figures at the top, with their definitions."""
    few = terms.fewest
    found = [
        Figure(
            "Searches", tuple(f"{c.total.n:,}" for c in chosen), "Searches of people and vehicles that were recorded."
        ),
        Figure(
            "With a positive outcome",
            tuple(measures.positive(c.total, few).words for c in chosen),
            "Any outcome other than no further action, of the searches with an outcome.",
        ),
        Figure(
            "That ended in an arrest",
            tuple(measures.arrests(c.total, few).words for c in chosen),
            "Arrests, of the searches with an outcome. They are positive outcomes too.",
        ),
        Figure(
            "Linked to what was looked for",
            tuple(measures.linked(c.total, few).words for c in chosen),
            "The outcome had to do with the object of the search, of the searches for which the force supplied that."
            + (" It was not supplied for any of these." if not any(c.total.told for c in chosen) else ""),
        ),
        Figure(
            "Under section 60",
            tuple(f"{c.section60.n:,}" for c in chosen),
            "Searches without suspicion, in a place and for a time that a senior officer set. They are in the number "
            "above, and shown apart below.",
        ),
    ]
    if any(c.residents for c in chosen):
        named = next(c.residents for c in chosen if c.residents)
        found.append(
            Figure(
                "For each 1,000 residents",
                tuple(measures.per_1000(c.total.n, c.residents, few).words for c in chosen),
                f"Searches in the period for each 1,000 people who live there ({named.name}). Many who are searched "
                "live elsewhere.",
            )
        )
    return found


def trend(chosen: Sequence[Chosen], terms: Terms) -> Piece:
    """Month by month."""
    long = max(chosen, key=lambda c: len(c.months)).months
    rows, lines = [], []
    for place, month in enumerate(long):
        counts = [c.by_month.get(c.months[place]) if place < len(c.months) else None for c in chosen]
        rows.append(Row(short_month(month), tuple(_count(count) for count in counts)))
        cells: list[Shown] = []
        for c, count in zip(chosen, counts, strict=True):
            apart = c.section60_by_month.get(c.months[place], Count()) if place < len(c.months) else Count()
            cells += [*_each(count, terms.fewest), apart.n if count else NOT_AVAILABLE]
        names = dict.fromkeys(month_words(c.months[place]) for c in chosen if place < len(c.months))
        lines.append((" and ".join(names), tuple(cells)))
    title = _titled("Searches by month", chosen)
    columns = _columns(("Searches", "Positive outcome", "Arrest", "Linked", "Section 60"), terms)
    table = Table("Month by month", title, "Month", columns, tuple(lines))
    missing = sorted({month for c in chosen for month in c.months if month not in c.by_month})
    notes = (f"There are no figures for {_listed(missing)}: that is a gap, not a nought.",) if missing else ()
    first = [(row.label, row.values[0]) for row in rows if row.values[0].number is not None]
    picture = charts.columns("trend", title, _told(first, "month"), rows, terms.names)
    return Piece("trend", "Month by month", picture, table, notes)


def breakdown(
    key: str, heading: str, dimension: str, chosen: Sequence[Chosen], terms: Terms, notes: tuple[str, ...] = ()
) -> Piece:
    """The searches by the values of one dimension."""
    every = {wording for c in chosen for wording in c.cells.get(dimension, {})}
    numbers = {w: [c.cells.get(dimension, {}).get(w, Count()) for c in chosen] for w in every}
    order = sorted(every, key=lambda w: (w == "", *_place(dimension, w, numbers[w][0].n), w))
    rows, lines = [], []
    for wording in order:
        values, cells = [], list[Shown]()
        for c, count in zip(chosen, numbers[wording], strict=True):
            part = measures.share(count.n, c.total.n, terms.fewest)
            values.append(Value(count.n, f"{count.n:,} ({part.words})"))
            cells += [count.n, part.words]
            if dimension != "outcome":
                cells += _each(count, terms.fewest)[1:]
        rows.append(Row(in_words(wording), tuple(values)))
        lines.append((in_words(wording), tuple(cells)))
    title = _titled(heading, chosen)
    columns = _columns(EACH[:2] if dimension == "outcome" else EACH, terms)
    table = Table(heading, title, heading.removeprefix("By ").capitalize(), columns, tuple(lines))
    described = _told([(row.label, row.values[0]) for row in rows], "group")
    return Piece(key, heading, charts.bars(key, title, described, rows, terms.names), table, notes)


def rates(key: str, heading: str, dimension: str, chosen: Sequence[Chosen], terms: Terms) -> Piece | None:
    """Searches for each 1,000 residents of a group, and that over White; nothing where no residents are known."""
    made = [
        measures.rates(c.cells.get(dimension, {}), c.residents, terms.fewest) if c.residents else None for c in chosen
    ]
    known = [m for m in made if m is not None and m.rows]
    if not known:
        return None
    groups = list(dict.fromkeys(rate.group for m in known for rate in m.rows))
    rows, lines = [], []
    for group in groups:
        values, cells = [], list[Shown]()
        for m in made:
            rate = next((r for r in m.rows if r.group == group), None) if m else None
            values.append(rate.per_1000 if rate else Value(None, NOT_AVAILABLE))
            cells += (
                [rate.searches, rate.residents, rate.per_1000.words, rate.relative.words]
                if rate
                else [NOT_AVAILABLE] * 4
            )
        rows.append(Row(group, tuple(values)))
        lines.append((group, tuple(cells)))
    title = _titled(heading, chosen)
    columns = _columns(("Searches", "Residents", "For each 1,000 residents", "Times the rate of White"), terms)
    table = Table(heading, title, "Group", columns, tuple(lines))
    residents = next(c.residents for c in chosen if c.residents)
    notes = [f"Residents: {residents.name}. The rate is for the whole period, not for a year."]
    for c, m in zip(chosen, made, strict=True):
        if m and m.total:
            whose = f" ({c.name})" if len(chosen) > 1 else ""
            notes.append(
                f"Left out because their group was not stated or is none of these: {m.excluded:,} searches, "
                f"{100 * m.excluded / m.total:.1f}%{whose}."
            )
    picture = charts.bars(key, title, _told([(r.label, r.values[0]) for r in rows], "group"), rows, terms.names)
    return Piece(key, heading, picture, table, tuple(notes))


def section60(chosen: Sequence[Chosen], terms: Terms) -> Piece:
    """Searches under section 60 alone, by the ethnicity that people gave."""
    apart = [
        Chosen(c.name, c.months, c.section60, c.section60_by_month, c.section60_cells, c.section60, {}, {})
        for c in chosen
    ]
    note = (
        "Section 60 of the Criminal Justice and Public Order Act 1994 lets officers search without suspicion, in an "
        "area and for a time that a senior officer sets because violence is feared."
    )
    if not any(c.total.n for c in apart):
        return Piece("section-60", "Under section 60", None, None, (note, "There were none in this choice."))
    return breakdown("section-60", "Under section 60, by self-defined ethnicity", "self_group", apart, terms, (note,))


def in_words(wording: str) -> str:
    """A value as readers see it: as the file has it, where nothing better is known."""
    return WORDINGS.get(wording, wording)


def month_words(month: date) -> str:
    """A month in full: "April 2018"."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def short_month(month: date) -> str:
    """A month below an axis: "Apr 2018"."""
    return f"{MONTHS[month.month - 1][:3]} {month.year}"


def period_words(months: Sequence[date]) -> str:
    """Some months that follow each other: "April to June 2018"."""
    first, last = months[0], months[-1]
    if first == last:
        return month_words(first)
    if first.year == last.year:
        return f"{MONTHS[first.month - 1]} to {month_words(last)}"
    return f"{month_words(first)} to {month_words(last)}"


def _each(count: Count | None, fewest: int) -> list[Shown]:
    if count is None:
        return [NOT_AVAILABLE] * 4
    rates = (measures.positive, measures.arrests, measures.linked)
    return [count.n, *(rate(count, fewest).words for rate in rates)]


def _count(count: Count | None) -> Value:
    return Value(None, NOT_AVAILABLE) if count is None else Value(count.n, f"{count.n:,}")


def _columns(columns: Sequence[str], terms: Terms) -> tuple[str, ...]:
    if len(terms.names) < 2:
        return tuple(columns)
    return tuple(f"{name}: {column[0].lower()}{column[1:]}" for name in terms.names for column in columns)


def _titled(what: str, chosen: Sequence[Chosen]) -> str:
    return f"{what}: {' and '.join(dict.fromkeys(c.name for c in chosen))}"


def _place(dimension: str, wording: str, n: int) -> tuple[float, int]:
    """Ages by age, everything else by number."""
    if dimension != "age":
        return (0, -n)
    years = re.search(r"\d+", wording)
    return (float(years[0]) + (0.5 if "over" in wording else 0) - (1 if "under" in wording else 0) if years else 999, 0)


def _told(rows: Sequence[tuple[str, Value]], what: str) -> str:
    """What a picture shows, for whoever cannot see it."""
    known = [(label, value) for label, value in rows if value.number is not None]
    if not known:
        return "There are no figures in this picture."
    most, least = max(known, key=lambda r: r[1].number or 0), min(known, key=lambda r: r[1].number or 0)
    said = f"{len(known)} {what}{'s' if len(known) != 1 else ''}. Most: {most[0]}, {most[1].words}."
    if len(known) > 1:
        said += f" Least: {least[0]}, {least[1].words}."
    return said + " The table below has every number."


def _listed(months: Sequence[date]) -> str:
    return ", ".join(month_words(month) for month in months[:6]) + (" and others" if len(months) > 6 else "")
