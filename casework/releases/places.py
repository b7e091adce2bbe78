"""The map of tiles and the table of areas on the page on stop and search. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.publishing import Shown, Table
from casework.releases import charts, measures
from casework.releases.charts import Tile
from casework.releases.cube import ELSEWHERE, NO_PLACE, NOT_PLACED, Count
from casework.releases.measures import Residents
from casework.releases.overview import Piece

NOWHERE = {
    ELSEWHERE: "Elsewhere: on the river or outside",
    NO_PLACE: "No place was supplied",
    NOT_PLACED: "Not placed in an area",
}


@dataclass(frozen=True)
class Place:
    """An area that a table has a row for, and a map a tile if it has a place on one."""

    slug: str
    name: str
    tile: tuple[int, int, str] | None
    residents: Residents | None = None


def by_area(
    name: str, cells: Mapping[str, Count], places: Sequence[Place], chosen: str, total: int, fewest: int
) -> Piece:
    """Where searches were: a tile for each area, and a table that adds up to all of them."""
    title = f"By borough: {name}"
    columns = ["Searches", "Share", "Positive outcome", "Arrest", "Linked to what was looked for"]
    with_rates = any(place.residents for place in places)
    lines: list[tuple[str, tuple[Shown, ...]]] = []
    for slug, label, residents in [
        *((place.slug, place.name, place.residents) for place in places),
        *((slug, words, None) for slug, words in NOWHERE.items() if slug in cells),
    ]:
        count = cells.get(slug, Count())
        rates = (measures.positive, measures.arrests, measures.linked)
        row: list[Shown] = [count.n, measures.share(count.n, total, fewest).words]
        row += [rate(count, fewest).words for rate in rates]
        lines.append((label, (*row, *([measures.per_1000(count.n, residents, fewest).words] if with_rates else []))))
    if with_rates:
        columns.append("For each 1,000 residents")
    first = [place for place in places if place.tile]
    tiles = [
        Tile(
            place.name,
            place.tile[2],
            place.tile[0] - 1,
            place.tile[1] - 1,
            charts.Value(cells.get(place.slug, Count()).n, f"{cells.get(place.slug, Count()).n:,}"),
            place.slug == chosen,
        )
        for place in first
        if place.tile
    ]
    picture = charts.tiles("map", f"Searches {title[0].lower()}{title[1:]}", _told(tiles), tiles) if tiles else None
    notes = (
        ["Each borough is a tile of one size, roughly where it lies. The darker a tile, the more searches."]
        if tiles
        else []
    )
    outside = sum(cells[slug].n for slug in NOWHERE if slug in cells)
    notes.append(
        f"{outside:,} searches are in no borough: on the river, outside, or without a place. They count in the total."
    )
    return Piece(
        "map", "By borough", picture, Table("By borough", title, "Borough", tuple(columns), tuple(lines)), tuple(notes)
    )


def _told(tiles: Sequence[Tile]) -> str:
    if not tiles:
        return ""
    most = max(tiles, key=lambda tile: tile.value.number or 0)
    least = min(tiles, key=lambda tile: tile.value.number or 0)
    return (
        f"A map of {len(tiles)} boroughs as tiles. Most: {most.name}, {most.value.words}. Least: {least.name}, "
        f"{least.value.words}. The table below has every number."
    )
