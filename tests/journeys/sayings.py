"""What people do who say how an encounter went, and those who answer them. Each step ends on the page that it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.journeys import plain
from tests.journeys.installation import Installation
from tests.journeys.steps import Applicant
from tests.journeys.visitor import Visitor
from tests.saying.steps import ANSWERS

REFERENCE = re.compile(r"(?:FB|CM)-\w{4}-\w{4}-\w")
CODE = re.compile(r"Your code (\S+)")
WHAT = "Two officers stopped me outside the library and searched my bag. They did not say why."


@dataclass
class Sayer(Applicant):
    """Somebody who says something, at one device."""

    name: str = "Chidi Abara"

    def see_where_it_stands(self) -> None:
        """Come back by reference and code, typed as people type."""
        at = self.at
        at.open("/track")
        at.write("Reference", self.reference.lower().replace("-", " "))
        at.write("Code", self.code.lower())
        at.press("Continue")
        at.sees(self.reference)


def say(
    installation: Installation, name: str, email: str, want: str = "concern", borough: str = "hackney"
) -> tuple[str, str]:
    """Say something by name, without a browser; the reference and the code."""
    somebody = plain.Plain(installation)
    changed = {
        "want": {"want": want},
        "when": {**ANSWERS["when"], "borough": borough},
        "you": {**ANSWERS["you"], "name": name},
        "contact": {"channel": "email", "email": email},
    }
    for slug, given in (ANSWERS | changed).items():
        somebody.post(f"/feedback/say/{slug}", given)
        assert "There is a problem" not in somebody.words, (slug, somebody.words)
    somebody.post("/feedback/check", {})
    found = REFERENCE.findall(somebody.words), CODE.findall(somebody.words)
    assert all(found), somebody.words
    somebody.close()
    return found[0][0], found[1][0]


def remember(somebody: Sayer) -> None:
    """Write down the reference and the code that the confirmation shows."""
    words = somebody.at.words
    somebody.reference, somebody.code = REFERENCE.findall(words)[0], CODE.findall(words)[0]


def open_case(staff: Visitor, somebody: Sayer) -> None:
    """Find the case by its reference."""
    staff.write("Search by reference", somebody.reference)
    staff.press("Search")
    staff.sees(somebody.reference)
