"""Reads a police.uk stop and search file of any year and force, or says in a sentence why not. Standard library only.

Nothing is dropped silently: every row that is not a blank line or the header again is counted, whatever is odd about it
is counted by kind, and each kind can be listed row by row. A file that cannot be trusted whole is refused whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import BinaryIO

from casework.clocks.london import LONDON
from casework.releases import wordings
from casework.releases.shape import Shape, Unreadable, look
from casework.releases.wordings import BLANK, KNOWN, NEW, OLD, REPAIRED, Meaning

# The columns of police.uk, each with the other names that it goes by; compared without case, spaces and underscores.
COLUMNS: dict[str, tuple[str, ...]] = {
    "type": ("Type",),
    "date": ("Date", "datetime"),
    "operation": ("Part of a policing operation", "operation"),
    "operation_name": ("Policing operation", "operation name"),
    "latitude": ("Latitude", "lat"),
    "longitude": ("Longitude", "lng", "lon", "long"),
    "sex": ("Gender", "sex"),
    "age": ("Age range", "age"),
    "self": ("Self-defined ethnicity", "self defined ethnicity"),
    "officer": ("Officer-defined ethnicity", "officer defined ethnicity"),
    "legislation": ("Legislation",),
    "object": ("Object of search",),
    "outcome": ("Outcome",),
    "linked": ("Outcome linked to object of search",),
    "removal": ("Removal of more than just outer clothing", "removal of more than outer clothing"),
    # Not in police.uk's files: where made-up months say themselves which borough they mean.
    "borough": ("Borough",),
}
NEEDED = ("type", "date", "legislation", "object", "outcome")
CODED = ("type", "sex", "age", "self", "officer", "legislation", "object", "outcome", "linked", "removal", "borough")
# A column of values has at most so many that nobody has seen before: more of them are words about people.
MOST_NEW = 100
LONGEST_VALUE = 300
# So large a share of the rows must be of one month, and have a date that can be read.
OF_ONE_MONTH, DATED = 0.6, 0.9
# The fewest rows at which rows that all come in pairs prove a file that holds everything twice.
DOUBLE = 10

_DATE, _LONGITUDE, _LATITUDE = (list(COLUMNS).index(name) for name in ("date", "longitude", "latitude"))

# What may be odd about a row, in words.
KINDS = {
    "repeat": "The same in every column as an earlier row",
    "short": "Fewer cells than columns",
    "long": "More cells than columns",
    "undated": "No date that can be read: not in the figures",
    "other month": "Of another month than the rest",
    "no time": "A date without a time",
    "midnight": "At midnight exactly: often a date without a time",
    "no offset": "A time without an offset, taken as UTC",
    "repaired": "An age that a spreadsheet made a date",
    "old wording": "In the wording of an earlier year",
    "new value": "A value never seen before",
    "no coordinates": "No coordinates",
    "bad coordinates": "Coordinates that are none",
}
_NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))-([a-z0-9][a-z0-9-]*?)-stop-and-search", re.IGNORECASE)
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file, with its line, and what is odd about it."""

    line: int
    cells: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass
class Read:
    """What a file holds. Per row: its month, its point, and a code for the value of each coded field."""

    shape: Shape
    columns: list[str]  # as named in the file
    missing: list[str]
    extra: list[str]
    month: date = date(1, 1, 1)
    month_of_name: date | None = None
    force: str = ""
    months: list[date] = field(default_factory=list)
    row_months: array[int] = field(default_factory=lambda: array("i"))  # -1: undated
    points: list[tuple[float, float]] = field(default_factory=list)  # longitude, latitude
    row_points: array[int] = field(default_factory=lambda: array("i"))  # -1: no coordinates
    codes: dict[str, array[int]] = field(default_factory=dict)
    meanings: dict[str, list[Meaning]] = field(default_factory=dict)  # by code
    raws: dict[str, list[str]] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)
    digests: Counter[bytes] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many stops the file holds, undated ones too."""
        return len(self.row_months)

    @property
    def rows_digest(self) -> bytes:
        """The hash of the rows, whatever their order, line ends and columns."""
        found = hashlib.sha256()
        for key in sorted(self.digests):
            found.update(key + self.digests[key].to_bytes(4, "big"))
        return found.digest()

    def values(self, name: str, how: str) -> dict[str, int]:
        """The values of a field of which this is to be said ("new value"), as they stand in the file, with counts."""
        counts = Counter(self.codes[name])
        return {
            raw: counts[code]
            for code, (raw, meaning) in enumerate(zip(self.raws[name], self.meanings[name], strict=True))
            if meaning.how == how and counts[code]
        }


def read(file: BinaryIO, name: str, largest: int, tell: Callable[[int], None] = lambda row: None) -> Read:
    """Everything that a file holds, or `Unreadable`. `tell` is called now and then with the rows read so far."""
    reader = _Reader(look(file, largest))
    for number, _ in enumerate(reader.rows(file)):
        if number % 2000 == 0:
            tell(number)
    return reader.close(name)


def list_rows(file: BinaryIO, kind: str, month: date) -> Iterator[Row]:
    """The rows of which `kind` is to be said; every row for an empty kind, "blank self" for a blank in a column."""
    reader = _Reader(look(file, 1 << 62))
    for row in reader.rows(file, watch=True):
        kinds = row.kinds
        if reader.read.row_months[-1] >= 0 and reader.read.months[reader.read.row_months[-1]] != month:
            kinds = (*kinds, "other month")
        if not kind or kind in kinds:
            yield Row(row.line, row.cells, tuple(k for k in kinds if k in KINDS))


class _Reader:
    """One file while it is read."""

    def __init__(self, shape: Shape) -> None:
        self.read = Read(shape, [], [], [])
        self._places: list[int | None] = []
        self._known: dict[str, dict[str, int]] = {name: {} for name in CODED}
        self._new: Counter[str] = Counter()
        self._dates: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._points: dict[tuple[str, str], tuple[int, str]] = {}
        self._coded: list[tuple[int, str, dict[str, int], array[int]]] = []
        self._width = self._last_width = 0

    def rows(self, file: BinaryIO, watch: bool = False) -> Iterator[Row]:
        """Take in row after row. What is odd about values is only worked out where somebody watches."""
        text = io.TextIOWrapper(file, self.read.shape.encoding, newline="")
        lines = csv.reader(text, strict=True)
        try:
            header = next(lines)
            self._header(header)
            for cells in lines:
                if not any(cell.strip() for cell in cells):
                    self.read.found["blank line"] += 1
                elif cells == header:
                    self.read.found["header again"] += 1
                else:
                    self._last_width = len(cells)
                    yield self._row(lines.line_num, cells, watch)
        except StopIteration:
            raise Unreadable("This file is empty.") from None
        except csv.Error:
            raise Unreadable(
                f"The file breaks off or is damaged near line {lines.line_num}: a quote is not closed."
            ) from None
        except UnicodeDecodeError:
            raise Unreadable("This text is neither in UTF-8 nor in Windows-1252. Save it as “CSV UTF-8”.") from None
        finally:
            text.detach()

    def close(self, name: str) -> Read:
        """What was read, once it is known that the file can be trusted."""
        made = self.read
        if not made.rows:
            raise Unreadable("There is a header in this file and not one stop.")
        if not made.shape.ended and self._last_width < self._width:
            raise Unreadable("The file is cut off in the middle of its last row. Send it again.")
        if made.rows >= DOUBLE and all(count % 2 == 0 for count in made.digests.values()):
            raise Unreadable("Every row of this file comes twice: it is double. Send the file as it was published.")
        self._month(name)
        made.raws = {key: list(codes) for key, codes in self._known.items()}
        for how in (OLD, REPAIRED, NEW):
            made.found[how] = self._rows_with(how)
        for key in CODED:
            blank = [code for code, meaning in enumerate(made.meanings[key]) if meaning.how == BLANK]
            if blank and key not in made.missing and key != "borough":
                made.found[f"blank {key}"] = made.codes[key].count(blank[0])
        made.found["repeat"] = sum(count - 1 for count in made.digests.values())
        made.found = +made.found
        return made

    def _rows_with(self, how: str) -> int:
        """In how many rows some value is of this kind."""
        found: set[int] = set()
        for key in CODED:
            codes = {code for code, meaning in enumerate(self.read.meanings[key]) if meaning.how == how}
            if codes:
                found.update(row for row, code in enumerate(self.read.codes[key]) if code in codes)
        return len(found)

    def _month(self, name: str) -> None:
        made = self.read
        counts = Counter(made.row_months)
        undated = counts.pop(-1, 0)
        if undated > (1 - DATED) * made.rows:
            raise Unreadable(f"{undated} of {made.rows} rows have no date that can be read.")
        code, most = max(counts.items(), key=lambda pair: (pair[1], -pair[0]))
        if most < OF_ONE_MONTH * made.rows:
            found = ", ".join(f"{each:%B %Y}" for each in sorted(made.months)[:6])
            raise Unreadable(f"This file holds several months ({found}). Send one file for each month.")
        made.month = made.months[code]
        made.found["other month"] = sum(counts.values()) - most
        named = _NAME.search(name)
        if named:
            made.force = named[2].lower()
            made.month_of_name = datetime.strptime(named[1] + "-01 +0000", "%Y-%m-%d %z").date()

    def _header(self, header: list[str]) -> None:
        names = {_plain(each): key for key, ways in COLUMNS.items() for each in (*ways, key)}
        found = [names.get(_plain(each)) for each in header]
        missing = [key for key in COLUMNS if key not in found]
        lacking = [COLUMNS[key][0] for key in NEEDED if key in missing]
        if len(lacking) == len(NEEDED) or not header:
            raise Unreadable("The first line does not name the columns of a stop and search file.")
        if lacking:
            raise Unreadable("These columns are missing: " + ", ".join(lacking) + ".")
        twice = [COLUMNS[key][0] for key in COLUMNS if found.count(key) > 1]
        if twice:
            raise Unreadable("These columns come twice: " + ", ".join(twice) + ".")
        self._width = self._last_width = len(header)
        self._places = [found.index(key) if key in found else None for key in COLUMNS]
        self.read.columns = header
        self.read.missing = [key for key in missing if key != "borough"]
        self.read.extra = [each for each, key in zip(header, found, strict=True) if key is None]
        self.read.codes = {key: array("i") for key in CODED}
        self.read.meanings = {key: [] for key in CODED}
        place = list(COLUMNS).index
        self._coded = [(place(key), key, self._known[key], self.read.codes[key]) for key in CODED]

    def _row(self, line: int, cells: list[str], watch: bool) -> Row:
        made, width, kinds = self.read, len(cells), []
        if width < self._width:
            kinds.append("short")
        elif any(cell.strip() for cell in cells[self._width :]):
            kinds.append("long")
        taken = [cells[at].strip() if at is not None and at < width else "" for at in self._places]
        digest = hashlib.blake2b("\x1f".join(taken).encode(), digest_size=16).digest()
        made.digests[digest] += 1
        month, of_date = self._dates.get(taken[_DATE]) or self._date(taken[_DATE])
        made.row_months.append(month)
        where = (taken[_LONGITUDE], taken[_LATITUDE])
        point, of_point = self._points.get(where) or self._point(where)
        made.row_points.append(point)
        for at, key, known, codes in self._coded:
            code = known.get(taken[at])
            codes.append(self._value(line, key, taken[at]) if code is None else code)
        for kind in (*kinds, *of_date, of_point):
            if kind:
                made.found[kind] += 1
        if watch:
            kinds += [*of_date, of_point, *(["repeat"] if made.digests[digest] > 1 else [])]
            for key in CODED:
                how = made.meanings[key][made.codes[key][-1]].how
                kinds.append(f"blank {key}" if how == BLANK else how)
        return Row(line, tuple(taken), tuple(dict.fromkeys(kinds)))

    def _value(self, line: int, key: str, raw: str) -> int:
        """A value for the first time in this file."""
        found = Meaning(raw, KNOWN) if key == "borough" and raw else wordings.meaning(key, raw)
        if len(raw) > LONGEST_VALUE:
            raise Unreadable(f"Line {line}: there are {len(raw)} letters in “{COLUMNS[key][0]}”. That is no value.")
        self._new[key] += found.how == NEW
        if self._new[key] > MOST_NEW:
            raise Unreadable(
                f"“{COLUMNS[key][0]}” holds more than {MOST_NEW} values never seen before. It looks like free text, "
                "which may name somebody. Nothing was kept."
            )
        code = self._known[key][raw] = len(self._known[key])
        self.read.meanings[key].append(found)
        return code

    def _date(self, raw: str) -> tuple[int, tuple[str, ...]]:
        month, kinds = london_month(raw)
        code = -1
        if month is not None:
            if month not in self.read.months:
                self.read.months.append(month)
            code = self.read.months.index(month)
        self._dates[raw] = (code, kinds)
        return code, kinds

    def _point(self, where: tuple[str, str]) -> tuple[int, str]:
        made: tuple[int, str] = (-1, "no coordinates")
        if any(where):
            try:
                longitude, latitude = float(where[0]), float(where[1])
                if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                    raise ValueError
                made = (len(self.read.points), "")
                self.read.points.append((longitude, latitude))
            except ValueError:
                made = (-1, "bad coordinates")
        self._points[where] = made
        return made


def london_month(raw: str) -> tuple[date | None, tuple[str, ...]]:
    """The first day of the London month of a date cell, and what is odd about it. None: it cannot be read.

    A time with an offset is a moment; one without is taken as UTC, as police.uk says; a date alone is a London day.
    """
    text = raw.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        found = _BRITISH.fullmatch(text)
        if found is None:
            return None, ("undated",)
        day, month, year, *rest = (int(part or 0) for part in found.groups())
        try:
            moment = datetime(year, month, day, rest[0], rest[1], rest[2])  # noqa: DTZ001
        except ValueError:
            return None, ("undated",)
        text = text[:10] if found[4] is None else text
    if not 2000 <= moment.year <= 2100:
        return None, ("undated",)
    if len(text) <= 10:
        return moment.date().replace(day=1), ("no time",)
    kinds: tuple[str, ...] = ("midnight",) if text[11:].startswith("00:00") and not moment.second else ()
    kinds += () if moment.tzinfo else ("no offset",)
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LONDON)
    return local.date().replace(day=1), kinds


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
