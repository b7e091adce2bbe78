"""Made-up people: names in the scripts that London writes, addresses that do not exist, how they want to be reached.

The same generator gives the same people. Names come from Faker's locales, telephone numbers from the ranges that Ofcom
keeps for drama, postcodes from an area that the Royal Mail has never given out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from faker import Generator

from casework.parties.names import fold

# How often each locale is drawn, per hundred; the rest of a hundred is British.
_LOCALES = {
    "pl_PL": 5, "hi_IN": 4, "bn_BD": 4, "ar_AA": 4, "zh_CN": 4, "yo_NG": 4, "ig_NG": 2, "tw_GH": 3, "en_IN": 4,
    "ro_RO": 3, "tr_TR": 3, "es_ES": 3, "it_IT": 2, "pt_BR": 2, "fa_IR": 2, "gu_IN": 2, "ta_IN": 2, "uk_UA": 2,
    "el_GR": 2, "vi_VN": 2, "ko_KR": 1, "he_IL": 1, "ja_JP": 1, "th_TH": 1, "ka_GE": 1, "ne_NP": 1, "fr_FR": 2,
}  # fmt: skip
_BRITISH = "en_GB"
# Where the family name comes first, and where nothing stands between the two.
_FAMILY_FIRST = {"zh_CN": "", "ko_KR": "", "ja_JP": " ", "vi_VN": " "}

# Names that forms get wrong: one word, very long, marks inside, a capital in the middle, one letter.
_AWKWARD = (
    "Wulandari",
    "Rakotomalalanirina Andriamihajatiana Ratsimbazafindrakotomanana",
    "Ana María de los Ángeles Fernández-Villaseñor y Pérez de Guzmán Sotomayor",
    "Siobhán O’Rourke-D’Arcy",
    "Þórdís Ægisdóttir",
    "Nguyễn Thị Ánh Nguyệt",
    "Jean-François van der Auwera-McAllister",
    "O",
    "Ng",
    "Thulasizwe kaMbhekeni",
    "Zoë Brontë-Null",
    "ʻAna Tupou Māhina",
)

# Addresses here bounce.
GONE = "@mailbox-gone.example"
_STREETS = (
    "Weir",
    "Tidemill",
    "Osier",
    "Heron",
    "Lock",
    "Ferryman’s",
    "Saltmarsh",
    "Barge",
    "Reed",
    "Towpath",
    "Wharf",
)
_KINDS = ("Road", "Street", "Close", "Lane", "Gardens", "Court", "Walk")
_TIMES = ("", "", "", "", "Evenings only", "Not before 10am", "Weekdays after 6pm, never at work")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: str
    email: str
    phone: str
    address: str
    postcode: str
    age: int
    channel: str
    voicemail: bool
    safe_times: str

    def born_on(self, day: date) -> date:
        """A birth date that makes them as old as they are on a day, with their birthday some weeks before it."""
        return day - timedelta(days=round(self.age * 365.25) + 20 + len(self.name))


def people(seed: int, count: int, borough: str = "Thamesmere") -> list[Person]:
    """So many people. One in six is reached by letter, one in twenty by telephone, the others by e-mail."""
    rng = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        name = _name(rng) if number % 25 else _AWKWARD[(number // 25 - 1) % len(_AWKWARD)]
        channel = "letter" if number % 6 == 0 else "phone" if number % 20 == 7 else "email"
        found.append(_person(rng, number, name, channel, borough))
    return found


def staff_name(seed: str) -> str:
    """A name for a member of staff: always the same for the same seed."""
    rng = random.Random(seed)
    locale = rng.choice([_BRITISH, _BRITISH, "en_IN", "yo_NG", "pl_PL", "tw_GH", "tr_TR", "it_IT"])
    return _written(locale, rng)


def _person(rng: random.Random, number: int, name: str, channel: str, borough: str) -> Person:
    plain = fold(name).encode("ascii", "ignore").decode().replace(" ", ".").strip(".")
    local = f"{plain[:40]}.{number}" if len(plain) > 2 else f"rider.{number}"
    return Person(
        name=name,
        email="" if channel != "email" else local + (GONE if number % 97 == 0 else "@example.org"),
        phone=f"07700 900{rng.randrange(1000):03}" if channel != "email" or rng.random() < 0.6 else "",
        address=f"{rng.randrange(1, 180)} {rng.choice(_STREETS)} {rng.choice(_KINDS)}, {borough}",
        postcode=f"TM{rng.randrange(1, 20)} {rng.randrange(1, 10)}{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}",
        age=min(int(rng.triangular(18, 79, 27)), 79),
        channel=channel,
        voicemail=rng.random() < 0.5,
        safe_times=rng.choice(_TIMES),
    )


def _name(rng: random.Random) -> str:
    rest = 100 - sum(_LOCALES.values())
    locale = rng.choices([_BRITISH, *_LOCALES], [rest, *_LOCALES.values()])[0]
    return _written(locale, rng)


def _written(locale: str, rng: random.Random) -> str:
    source = _source(locale)
    source.random = rng
    which = rng.choice(["female", "male"])
    first = str(getattr(source, f"first_name_{which}", source.first_name)())
    last = str(getattr(source, f"last_name_{which}", source.last_name)())
    if locale in _FAMILY_FIRST:
        return last + _FAMILY_FIRST[locale] + first
    return f"{first} {last}"


@cache
def _source(locale: str) -> Any:
    source = Generator()
    source.add_provider(import_module(f"faker.providers.person.{locale}").Provider(source))
    return source
