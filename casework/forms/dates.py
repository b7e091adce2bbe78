"""The question for a date, in three inputs as the Design System has it. Reading what people type is pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms.utils import unset_value

from casework.clocks.words import MONTHS, listed
from casework.forms.base import Asked
from casework.moments import today

PARTS = ("day", "month", "year")
_SHORT = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
Bound = date | Callable[[], date] | None


class WrongDate(ValueError):
    """What is wrong with a date, and which of its parts."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message)
        self.parts = parts or PARTS


class DateParts(Asked):
    """A date. `past` and `future` count today out; `earliest` and `latest` are days or functions that give one."""

    kind = "date"
    empty: Any = None

    def __init__(
        self,
        label: str = "",
        *,
        what: str = "Date",
        past: bool = False,
        future: bool = False,
        earliest: Bound = None,
        latest: Bound = None,
        birthday: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, what=what, **kwargs)
        self.past, self.future = past or birthday, future
        self.earliest, self.latest = earliest, latest
        self.birthday = birthday
        self.parts: dict[str, str] = dict.fromkeys(PARTS, "")
        self.wrong: tuple[str, ...] = ()
        self._found: tuple[str, ...] = ()

    def name_of(self, part: str) -> str:
        """The name, and the id, of the input for a part."""
        return f"{self.name}-{part}"

    def width_of(self, part: str) -> int:
        """How many characters wide the input is."""
        return 4 if part == "year" else 2

    def autocomplete_of(self, part: str) -> str:
        """What a browser may fill in."""
        return f"bday-{part}" if self.birthday else ""

    @property
    def focus_id(self) -> str:
        return self.name_of(self.wrong[0] if self.wrong else "day")

    def inputs(self) -> dict[str, list[str]]:
        return {self.name_of(part): [typed] for part, typed in self.parts.items() if typed}

    def fail(self, message: str, *parts: str) -> None:
        super().fail(message)
        self.wrong = parts or PARTS

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.data = self.object_data = data if isinstance(data, date) else None
        if self.data:
            self.parts = {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}
        if formdata is None:
            return
        self.parts = {part: str(formdata.get(self.name_of(part)) or "").strip()[:40] for part in PARTS}
        self.raw_data = list(self.parts.values())
        self.data = None
        if not any(self.parts.values()):
            self._found = PARTS
            return
        try:
            self.data = read_date(self.parts, self.what, before=today() if self.past else None)
            self._in_bounds(self.data)
        except WrongDate as wrong:
            self.process_errors = [str(wrong)]
            self._found = wrong.parts

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        good = super().validate(form, extra_validators)
        self.wrong = () if good else (self.wrong or self._found or PARTS)
        return good

    def _in_bounds(self, day: date) -> None:
        if self.past and day >= today():
            raise WrongDate(f"{self.what} must be in the past")
        if self.future and day <= today():
            raise WrongDate(f"{self.what} must be in the future")
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        if self.birthday and earliest is None:
            earliest = date(today().year - 120, 1, 1)
        if earliest and day < earliest:
            raise WrongDate(f"{self.what} must be {_plain(earliest)} or later")
        if latest and day > latest:
            raise WrongDate(f"{self.what} must be {_plain(latest)} or earlier")


def read_date(parts: dict[str, str], what: str = "Date", before: date | None = None) -> date:
    """The date of three typed parts, or WrongDate. Months may be names. Two digits are a year up to `before`. Pure."""
    missing = [part for part in PARTS if not parts[part].strip()]
    if missing:
        raise WrongDate(f"{what} must include a {listed(missing)}", *missing)
    day, month = _day(parts["day"]), _month(parts["month"])
    year = _year(parts["year"], before)
    wrong = [name for name, number in zip(PARTS, (day, month, year), strict=True) if number is None]
    if wrong == ["year"]:
        raise WrongDate("Year must include 4 numbers", "year")
    if wrong or day is None or month is None or year is None:
        raise WrongDate(f"{what} must be a real date", *wrong)
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongDate(f"{what} must be a real date", "day") from None


def _number(typed: str, longest: int) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) <= longest else None


def _day(typed: str) -> int | None:
    plain = typed.strip().lower().rstrip(".")
    if plain[-2:] in ("st", "nd", "rd", "th"):
        plain = plain[:-2]
    number = _number(plain, 2)
    return number if number and number <= 31 else None


def _month(typed: str) -> int | None:
    plain = typed.strip().lower().rstrip(".")
    number = _number(plain, 2)
    if number is not None:
        return number if 1 <= number <= 12 else None
    found = _SHORT.get(plain[:3])
    return found if found and (MONTHS[found - 1].lower().startswith(plain) or plain == "sept") else None


def _year(typed: str, before: date | None) -> int | None:
    plain = typed.strip().lstrip("'’")
    number = _number(plain, 4)
    if number is None or len(plain) in (1, 3):
        return None
    if len(plain) == 2:
        number += 2000
        if before and number > before.year:
            number -= 100
    return number if 1000 <= number <= 9999 else None


def _plain(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
