"""Pictures of figures as SVG: bars, columns over months, lines of two, a map of tiles. Pure: same input, same bytes.

Widths are per cent and heights are em, so that a picture fills its place and its words stay as large as the text around
it, on a phone as on paper. Nothing is told by colour alone: every mark carries its number, and the second of two is
hatched or dashed. Each picture has a title and a description; the page puts a table with the same numbers behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

INK, PAPER, LINE = "#10212b", "#ffffff", "#c5d3d8"
FIRST, SECOND = "#0a6a6e", "#7a3d00"
# From few to many: lightness tells, also in grey. With the colour that words have on it.
SHADES = (("#eff5f6", INK), ("#b9dcd9", INK), ("#6fb5b1", INK), ("#0a6a6e", PAPER), ("#06343a", PAPER))
NOT_KNOWN = "#ffffff"
# How many letters of a label stand in one line at 320 px.
LETTERS = 33
LINE_HEIGHT, BAR = 1.3, 1.05
# How far the longest bar reaches, in per cent: what is left is for its number.
REACH = 58.0
PLOT_LEFT, PLOT_HEIGHT = 15.0, 13.0
# Up to so many months have a mark each on their line.
MARKED = 40


class Svg(str):
    """Markup that may stand in a page as it is: everything in it was escaped here."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class Value:
    """A number with the words that stand for it. No number: it is not known, or withheld, and the words say so."""

    number: float | None
    words: str


@dataclass(frozen=True)
class Row:
    """What a bar, a month or a tile is about, and its value for each of the one or two that are compared."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Tile:
    """An area on the map: its short name, its place counted from the top left, and its value."""

    name: str
    short: str
    row: int
    column: int
    value: Value
    chosen: bool = False


def bars(key: str, title: str, description: str, rows: Sequence[Row], names: Sequence[str] = ()) -> Svg:
    """A bar for each row, or two where `names` gives two: its label above, its number at its end."""
    most = max((value.number or 0 for row in rows for value in row.values), default=0) or 1
    drawn, down = _key_of(key, names)
    for row in rows:
        for line in wrap(row.label, LETTERS) or [""]:
            down += LINE_HEIGHT
            drawn.append(f'<text x="0" y="{down - 0.35:.2f}em">{escape(line)}</text>')
        for number, value in enumerate(row.values):
            wide = REACH * (value.number or 0) / most
            if value.number:
                drawn.append(
                    f'<rect x="0" y="{down:.2f}em" width="{max(wide, 0.4):.2f}%" height="{BAR:.2f}em" {_fill(key, number)}/>'
                )
            drawn.append(
                f'<text x="{wide:.2f}%" dx=".35em" y="{down + 0.85:.2f}em" font-weight="bold">{escape(value.words)}</text>'
            )
            down += BAR + 0.15
        down += 0.45
    return _picture(key, title, description, down, drawn, len(names) == 2)


def columns(key: str, title: str, description: str, rows: Sequence[Row], names: Sequence[str] = ()) -> Svg:
    """A column for each month, or a line each where `names` gives two. A month that is not known is a gap with a dash."""
    top, step = _scale(max((value.number or 0 for row in rows for value in row.values), default=0))
    drawn, above = _key_of(key, names, lines=True)
    above += 0.8
    for mark in range(0, top + 1, step):
        y = above + PLOT_HEIGHT * (1 - mark / top)
        drawn.append(
            f'<line x1="{PLOT_LEFT}%" x2="100%" y1="{y:.2f}em" y2="{y:.2f}em" stroke="{LINE if mark else INK}"/>'
            f'<text x="{PLOT_LEFT - 1.5}%" y="{y + 0.3:.2f}em" text-anchor="end">{mark:,}</text>'
        )
    pitch = (100 - PLOT_LEFT) / max(len(rows), 1)
    places = [PLOT_LEFT + pitch * (number + 0.5) for number in range(len(rows))]
    drawn += _lines(rows, places, above, top) if len(names) == 2 else _columns(key, rows, places, pitch, above, top)
    for number in _labelled(len(rows)):
        anchor = (
            "middle" if len(rows) <= 3 else ("start" if number == 0 else "end" if number == len(rows) - 1 else "middle")
        )
        x = {"start": places[number] - pitch / 2, "end": 100.0}.get(anchor, places[number])
        drawn.append(
            f'<text x="{x:.2f}%" y="{above + PLOT_HEIGHT + 1.35:.2f}em" text-anchor="{anchor}">{escape(rows[number].label)}</text>'
        )
    return _picture(key, title, description, above + PLOT_HEIGHT + 1.8, drawn, False)


def tiles(key: str, title: str, description: str, areas: Sequence[Tile]) -> Svg:
    """A map on which every area is a tile of one size, with its short name and its number; the darker, the more."""
    across = max((tile.column for tile in areas), default=0) + 1
    deep = max((tile.row for tile in areas), default=0) + 1
    known = [tile.value.number for tile in areas if tile.value.number is not None]
    edges = shades(max(known, default=0))
    wide, tall, drawn = 100 / across, 3.3, []
    for tile in sorted(areas, key=lambda each: (each.chosen, each.row, each.column)):
        fill, ink = (NOT_KNOWN, INK) if tile.value.number is None else SHADES[shade_of(tile.value.number, edges)]
        x, y = tile.column * wide, tile.row * tall
        drawn.append(
            f"<g><title>{escape(tile.name)}: {escape(tile.value.words)}</title>"
            f'<rect x="{x + 0.25:.2f}%" y="{y + 0.1:.2f}em" width="{wide - 0.5:.2f}%" height="{tall - 0.2:.2f}em" fill="{fill}" '
            f'stroke="{INK}" stroke-width="{4 if tile.chosen else 1}"/>'
            f'<text x="{x + wide / 2:.2f}%" y="{y + 1.4:.2f}em" text-anchor="middle" fill="{ink}" font-weight="bold">{escape(tile.short)}</text>'
            f'<text x="{x + wide / 2:.2f}%" y="{y + 2.6:.2f}em" text-anchor="middle" fill="{ink}">{escape(_short(tile.value))}</text></g>'
        )
    return _picture(key, title, description, deep * tall, drawn, False, "cw-chart--map")


def shades(most: float) -> list[float]:
    """The least number of each shade, in even and round steps up to `most`."""
    step = _round_up(most / len(SHADES), (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)) if most > 0 else 1
    return [step * number for number in range(len(SHADES))]


def shade_of(number: float, edges: Sequence[float]) -> int:
    """Which shade a number has."""
    return max((place for place, edge in enumerate(edges) if number >= edge), default=0)


def _short(value: Value) -> str:
    """A number that has room on a tile: five letters at most."""
    return f"{value.number / 1000:.1f}k" if value.number is not None and value.number >= 10_000 else value.words


def _columns(key: str, rows: Sequence[Row], places: Sequence[float], pitch: float, above: float, top: int) -> list[str]:
    drawn = []
    for row, x in zip(rows, places, strict=True):
        value = row.values[0].number
        if value is None:
            drawn.append(f'<text x="{x:.2f}%" y="{above + PLOT_HEIGHT - 0.3:.2f}em" text-anchor="middle">–</text>')
            continue
        tall = PLOT_HEIGHT * value / top
        wide = pitch * (0.8 if len(rows) > 3 else 0.5)
        drawn.append(
            f'<rect x="{x - wide / 2:.2f}%" y="{above + PLOT_HEIGHT - tall:.2f}em" width="{wide:.2f}%" height="{tall:.2f}em" {_fill(key, 0)}/>'
        )
        if len(rows) <= 4:
            drawn.append(
                f'<text x="{x:.2f}%" y="{above + PLOT_HEIGHT - tall - 0.35:.2f}em" text-anchor="middle" font-weight="bold">{escape(row.values[0].words)}</text>'
            )
    return drawn


def _lines(rows: Sequence[Row], places: Sequence[float], above: float, top: int) -> list[str]:
    """Two lines: one solid with round marks, one dashed with square ones."""
    drawn = []
    for number in range(2):
        last: tuple[str, float] | None = None
        for row, x in zip(rows, places, strict=True):
            value = row.values[number].number
            if value is None:
                last = None
                continue
            here = (f"{x:.2f}%", above + PLOT_HEIGHT * (1 - value / top))
            if last is not None:
                drawn.append(_stroke(number, last, here))
            if len(rows) <= MARKED or last is None:
                drawn.append(_mark(number, *here))
            last = here
    return drawn


def _stroke(number: int, start: tuple[str, float], end: tuple[str, float]) -> str:
    colour, dashes = (FIRST, "") if number == 0 else (SECOND, ' stroke-dasharray="6 4"')
    return (
        f'<line x1="{start[0]}" y1="{start[1]:.2f}em" x2="{end[0]}" y2="{end[1]:.2f}em" stroke="{colour}" '
        f'stroke-width="2.5"{dashes}/>'
    )


def _mark(number: int, x: str, y: float) -> str:
    if number == 0:
        return f'<circle cx="{x}" cy="{y:.2f}em" r="4" fill="{FIRST}"/>'
    return f'<text x="{x}" y="{y + 0.33:.2f}em" text-anchor="middle" fill="{SECOND}">■</text>'


def _key_of(key: str, names: Sequence[str], lines: bool = False) -> tuple[list[str], float]:
    """Which of two is which, above the picture; nothing where there is only one."""
    if len(names) < 2:
        return [], 0.0
    drawn, down = [], 0.0
    for number, name in enumerate(names):
        for first, line in enumerate(wrap(name, LETTERS - 4) or [""]):
            if first == 0 and lines:
                drawn.append(_stroke(number, ("0em", down + 0.65), ("1.7em", down + 0.65)))
                drawn.append(_mark(number, ".85em", down + 0.65))
            elif first == 0:
                drawn.append(f'<rect x="0" y="{down + 0.2:.2f}em" width="1.5em" height=".9em" {_fill(key, number)}/>')
            drawn.append(f'<text x="2.1em" y="{down + 1:.2f}em">{escape(line)}</text>')
            down += LINE_HEIGHT
    return drawn, down + 0.3


def _fill(key: str, number: int) -> str:
    return f'fill="{FIRST}"' if number == 0 else f'fill="url(#{key}-hatch)" stroke="{SECOND}" stroke-width="1.5"'


def _picture(
    key: str, title: str, description: str, height: float, drawn: Sequence[str], hatched: bool, css: str = ""
) -> Svg:
    hatch = (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{PAPER}"/><path d="M0 6 6 0" stroke="{SECOND}" stroke-width="1.6"/></pattern></defs>'
        if hatched
        else ""
    )
    return Svg(
        f'<svg class="cw-chart {css}" role="img" aria-labelledby="{key}-title {key}-description" width="100%" '
        f'height="{height:.2f}em" fill="{INK}" focusable="false" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-description">{escape(description)}</desc>'
        f"{hatch}{''.join(drawn)}</svg>"
    )


def _scale(most: float) -> tuple[int, int]:
    """Where the axis ends, and its step: at most five round steps."""
    step = max(1, int(_round_up(most / 4)))
    return max(step, -(-int(-(-most // 1)) // step) * step), step


def _round_up(number: float, rounds: Sequence[float] = (1, 2, 2.5, 5, 10)) -> float:
    """The next number that is one of these with noughts."""
    size = 1.0
    while size * 10 <= number:
        size *= 10
    while size > number and size > 1e-6:
        size /= 10
    return next((size * each for each in rounds if size * each >= number - 1e-12), size * 10)


def _labelled(many: int) -> list[int]:
    """Which months are named below the axis: all of three, else the first, the last and the middle."""
    return list(range(many)) if many <= 3 else [0, (many - 1) // 2, many - 1] if many > 6 else [0, many - 1]
