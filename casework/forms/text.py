"""Questions that are answered by typing. Any script is welcome; characters that no one can type on purpose are not."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from typing import Any, ClassVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from casework.forms.base import Asked

# Marks that pasted text brings along: they turn the direction of what follows, or mark the start of a file.
_UNSEEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_BAD = "Your answer has a character that we cannot use. Delete it, then type it again"


def line(typed: str) -> str:
    """One line of text: composed, trimmed, runs of blanks made one."""
    return " ".join(unicodedata.normalize("NFC", typed.translate(_UNSEEN)).split())


def lines(typed: str) -> str:
    """Several lines of text, each trimmed at its end, without blank lines around them."""
    whole = unicodedata.normalize("NFC", typed.translate(_UNSEEN)).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(one.rstrip() for one in whole.split("\n")).strip("\n").strip()


def unusable(text: str, allowed: str = "") -> bool:
    """Whether a text has control characters, half characters, or bytes that did not arrive as text."""
    return any(unicodedata.category(c) in ("Cc", "Cs") or c == "\ufffd" for c in text if c not in allowed)


def _usual(given: dict[str, Any], **usual: Any) -> dict[str, Any]:
    return usual | given


class Text(Asked):
    """One line, up to `max` characters. `width` is how long the answer is expected to be, in characters."""

    input_type: ClassVar[str] = "text"
    widths: ClassVar[tuple[int, ...]] = (2, 3, 4, 5, 10, 20, 30)

    def __init__(
        self,
        label: str = "",
        *,
        max: int = 200,
        width: int = 0,
        inputmode: str = "",
        spellcheck: bool | None = None,
        prefix: str = "",
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.max = max
        self.width = next((w for w in self.widths if w >= width), 0) if width else 0
        self.inputmode = inputmode
        self.spellcheck = spellcheck
        self.prefix, self.suffix = prefix, suffix

    def clean(self, typed: str) -> str:
        return line(typed)

    def read(self, typed: str) -> Any:
        if len(typed) > self.max:
            raise ValueError(f"{self.what} must be {self.max} characters or fewer")
        if unusable(typed):
            raise ValueError(_BAD)
        return typed


class Hidden(Text):
    """Something the page carries along: nobody is asked."""

    kind = "hidden"


class Words(Text):
    """Several lines, up to `max` characters; the page counts where script runs."""

    kind = "words"

    def __init__(self, label: str = "", *, max: int = 4000, rows: int = 5, count: bool = True, **kwargs: Any) -> None:
        super().__init__(label, max=max, **kwargs)
        self.rows = rows
        self.count = count

    def clean(self, typed: str) -> str:
        return lines(typed)

    def read(self, typed: str) -> str:
        if len(typed) > self.max:
            raise ValueError(f"{self.what} must be {self.max:,} characters or fewer")
        if unusable(typed, "\n\t"):
            raise ValueError(_BAD)
        return typed


class Address(Words):
    """A postal address as people write it, line by line."""

    def __init__(self, label: str = "", *, autocomplete: str = "street-address", **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=500, rows=4, count=False, what="Address")
        super().__init__(label, autocomplete=autocomplete, **kwargs)


class Email(Text):
    """An e-mail address; its syntax is checked, not whether it exists."""

    input_type = "email"

    def __init__(self, label: str = "", *, autocomplete: str = "email", **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=254, spellcheck=False, what="Email address")
        super().__init__(label, autocomplete=autocomplete, **kwargs)

    def read(self, typed: str) -> str:
        given = super().read(typed)
        try:
            return validate_email(given, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValueError("Enter an email address in the correct format, like name@example.com") from None


class Phone(Text):
    """A telephone number, kept as typed; without a country code it is British. `number` is it in E.164."""

    input_type = "tel"

    def __init__(self, label: str = "", *, autocomplete: str = "tel", **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=40, width=20, what="Phone number")
        super().__init__(label, autocomplete=autocomplete, **kwargs)

    def read(self, typed: str) -> str:
        given = str(super().read(typed))
        if phone_number(given) is None:
            raise ValueError("Enter a phone number, like 020 7946 0000, 07700 900 982 or +44 808 157 0192")
        return given

    @property
    def number(self) -> str | None:
        """The number in E.164, if there is one."""
        return phone_number(self.data) if self.data else None


def phone_number(typed: str) -> str | None:
    """A telephone number in E.164 (an extension left out), or None where it cannot be one. Pure."""
    try:
        parsed = phonenumbers.parse(typed, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class Postcode(Text):
    """A UK postcode as people type it, kept as "SW1A 1AA". With `abroad`, other postcodes are kept as typed."""

    def __init__(
        self, label: str = "", *, abroad: bool = False, autocomplete: str = "postal-code", **kwargs: Any
    ) -> None:
        kwargs = _usual(kwargs, max=20, width=10, spellcheck=False, what="Postcode")
        super().__init__(label, autocomplete=autocomplete, **kwargs)
        self.abroad = abroad

    def read(self, typed: str) -> str:
        given = str(super().read(typed))
        found = postcode(given)
        if found is None and not self.abroad:
            raise ValueError("Enter a full UK postcode, like SW1A 1AA")
        return found or given.upper()


_POSTCODE = re.compile(
    r"[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPS-UW]|[A-HK-Y][0-9][0-9ABEHMNPRV-Y]?)[0-9][ABD-HJLNP-UW-Z]{2}"
)
_ALONE = {"GIR0AA", "ASCN1ZZ", "BBND1ZZ", "BIQQ1ZZ", "FIQQ1ZZ", "PCRN1ZZ", "SIQQ1ZZ", "STHL1ZZ", "TDCU1ZZ", "TKCA1ZZ"}


def postcode(typed: str) -> str | None:
    """A UK postcode in its usual form, or None. Blanks, hyphens, case and O for 0 do not matter. Syntax only; pure."""
    compact = "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())
    if not 5 <= len(compact) <= 7:
        return None
    front, back = compact[:-3], compact[-3:]
    back = {"O": "0", "I": "1", "L": "1"}.get(back[0], back[0]) + back[1:]
    whole = front + back
    return f"{front} {back}" if whole in _ALONE or _POSTCODE.fullmatch(whole) else None


class Code(Text):
    """A code or reference: blanks and hyphens do not matter to whoever reads it."""

    def __init__(self, label: str = "", *, autocomplete: str = "off", **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=64, width=20, spellcheck=False)
        super().__init__(label, autocomplete=autocomplete, **kwargs)


class Password(Text):
    """A password: kept as typed, never shown again."""

    input_type = "password"
    secret = True

    def __init__(self, label: str = "", *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=1000, width=30, spellcheck=False, what="Password")
        super().__init__(label, autocomplete=autocomplete, **kwargs)

    def clean(self, typed: str) -> str:
        return typed


class Whole(Text):
    """A whole number from `least` to `most`."""

    empty = None

    def __init__(self, label: str = "", *, least: int = 0, most: int = 1_000_000, **kwargs: Any) -> None:
        kwargs = _usual(kwargs, max=20, width=4, inputmode="numeric")
        super().__init__(label, **kwargs)
        self.least, self.most = least, most

    def read(self, typed: str) -> int:
        plain = re.sub(r"[\s,]", "", typed)
        if not re.fullmatch(r"[-+]?\d{1,15}", plain):
            raise ValueError(f"{self.what} must be a whole number, like {min(max(8, self.least), self.most)}")
        number = int(plain)
        if not self.least <= number <= self.most:
            raise ValueError(f"{self.what} must be between {self.least:,} and {self.most:,}")
        return number


class TimeOfDay(Text):
    """A time of day: 14:00, 2pm, 2.30 pm, 1430, noon, midnight."""

    empty = None

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, **_usual(kwargs, max=20, width=5, what="Time"))

    def read(self, typed: str) -> time:
        found = clock_time(typed)
        if found is None:
            raise ValueError(f"{self.what} must be a time, like 2:30pm or 14:30")
        return found

    def show(self, value: Any) -> str:
        return value.strftime("%H:%M") if isinstance(value, time) else ""


_CLOCK = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?(?:[:. ]00)? ?(am|pm|a\.m\.?|p\.m\.?|noon|midnight)?")


def clock_time(typed: str) -> time | None:
    """A time of day as people type it, or None. Pure."""
    plain = line(typed).lower()
    if plain in ("noon", "midday", "12 noon"):
        return time(12)
    if plain in ("midnight", "12 midnight"):
        return time(0)
    found = _CLOCK.fullmatch(plain)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half or (found[2] is None and hour < 13 and len(found[1]) < 2):
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None
