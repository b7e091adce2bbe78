"""From a choice to its figures: reads the cube, the areas and the residents for the parts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from casework import seldom
from casework.areas import queries as areas
from casework.areas.models import Area, Population
from casework.extensions import db
from casework.releases import queries
from casework.releases.choices import ONLY, WITHOUT, Choice, Offered
from casework.releases.cube import FORCE_WIDE, GROUPS, Count
from casework.releases.measures import Residents
from casework.releases.overview import Chosen, in_words, period_words
from casework.releases.places import Place
from casework.releases.queries import Published

FORCE = "The whole force"
DIMENSION_WORDS = {
    "self_group": "Ethnicity, self-defined",
    "officer": "Ethnicity, officer-defined",
    "age": "Age",
    "sex": "Sex",
}


def offered(months: Sequence[Published], placed: bool) -> Offered:
    """What a reader may choose; areas only where searches were placed in them."""
    known_values = queries.every_value()
    groups = {
        f"{dimension}:{wording}": in_words(wording)
        for dimension in DIMENSION_WORDS
        if dimension in GROUPS
        for wording in known_values.get(dimension, ())
    }
    known = {area.slug: area.name for area in (*areas.bcus(), *areas.boroughs())} if placed else {}
    return Offered(months[0].month, months[-1].month, known, groups)


def chosen(
    choice: Choice, offer: Offered, months: Sequence[Published], releases: Sequence[int] | None = None
) -> Chosen:
    """The figures of a choice. `months` are those that are published; others of its period have none."""
    have = [m.month for m in months if choice.since <= m.month <= choice.until]
    area = areas.by_slug(choice.area) if choice.area else None
    group = None
    if choice.group:
        dimension, _, wording = choice.group.partition(":")
        group = (dimension, wording)
    if releases is None:
        releases = [m.release_id for m in months if choice.since <= m.month <= choice.until]
    powers = queries.figures(have, area.id if area else FORCE_WIDE, group, releases=releases)
    figures = {WITHOUT: powers.others, ONLY: powers.section60}.get(choice.power, powers.all)
    # a month of which the area or group has nothing is a nought, and not a gap
    by_month = {month: figures.months.get(month, Count()) for month in have}
    return Chosen(
        named(choice, offer),
        choice.months,
        figures.total,
        by_month,
        figures.cells,
        powers.section60.total,
        powers.section60.months,
        powers.section60.cells,
        residents_of(area) if not choice.group else None,
    )


def named(choice: Choice, offer: Offered) -> str:
    """A choice in words: "Hackney, Black, April to June 2018"."""
    parts = [offer.areas.get(choice.area, FORCE)]
    if choice.group:
        parts.append(offer.groups[choice.group])
    return ", ".join([*parts, period_words(choice.months)])


def places(within: str = "") -> list[Place]:
    """The boroughs of the force, or of a BCU, with their tiles and residents."""
    inside = areas.by_slug(within) if within else None
    found = [area for area in areas.boroughs() if inside is None or area.parent_id == inside.id]
    people = _residents(area.id for area in found)
    return [
        Place(
            area.slug,
            area.name,
            (area.tile_row, area.tile_column, area.short or area.name[:4])
            if area.tile_row is not None and area.tile_column is not None
            else None,
            people.get(area.id),
        )
        for area in found
    ]


def residents_of(area: Area | None) -> Residents | None:
    """The residents of an area (none: the whole force): known only if they are of every borough in it."""
    inside = [a for a in areas.boroughs() if area is None or area.id in (a.id, a.parent_id)]
    people = _residents(a.id for a in inside)
    if not inside or len(people) != len(inside):
        return None
    first = next(iter(people.values()))
    groups = [group for group in first.people if all(group in each.people for each in people.values())]
    return Residents(first.name, first.year, {g: sum(each.people[g] for each in people.values()) for g in groups})


def _residents(area_ids: Iterable[int]) -> dict[int, Residents]:
    """The residents of areas by the newest source: of several of a year, the one loaded last."""
    known = _all_residents()
    return {area_id: known[area_id] for area_id in area_ids if area_id in known}


@seldom.kept("populations")
def _all_residents() -> dict[int, Residents]:
    newest = select(Population.source).group_by(Population.source)
    newest = newest.order_by(func.max(Population.year).desc(), func.max(Population.id).desc()).limit(1)
    rows = select(Population.area_id, Population.name, Population.year, Population.group, Population.people).where(
        Population.source == newest.scalar_subquery()
    )
    found: dict[int, dict[str, int]] = {}
    named_as: tuple[str, int] = ("", 0)
    for area_id, name, year, group, people in db.session.execute(rows):
        found.setdefault(area_id, {})[group] = people
        named_as = (name, year)
    return {area_id: Residents(*named_as, people) for area_id, people in found.items()}


def month_of(text: str) -> date | None:
    """A month as addresses write it: 2018-04."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
