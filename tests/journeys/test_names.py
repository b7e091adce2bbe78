"""Names as people in many countries bear them: taken, shown as they were typed, and used in the mail."""

from __future__ import annotations

import csv
import html
import random
import re
import unicodedata
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from casework.rides.questions import NameForm
from tests.journeys import plain
from tests.journeys.installation import Installation

SAMPLED = 40


@pytest.fixture(scope="module")
def forenames(shared: Path) -> list[str]:
    """Every forename of the list, in its own script and in Latin letters."""
    with open(shared / "messy-input" / "common-forenames-by-country.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row[column].strip() for row in rows for column in ("Localized Name", "Romanized Name")}
    assert len(rows) > 2000 and len(found) > 1000
    return sorted(found - {""})


def test_every_forename_is_taken_and_shown_as_it_was_typed(app: Any, forenames: list[str]) -> None:
    wrong = []
    with app.test_request_context():
        show = app.jinja_env.get_template("_form.html").module.field
        for name in forenames:
            form = NameForm(formdata=MultiDict({"name": name}))
            shown = re.search(r' value="([^"]*)"', str(show(form.name)))
            if not form.validate() or form.name.data != name or not shown or html.unescape(shown[1]) != name:
                wrong.append((name, form.name.errors, shown and shown[1]))
    assert not wrong


def sample(forenames: list[str]) -> list[str]:
    """Some of every script there is, then others by lot; the same each time."""
    by_lot = random.Random(2026).sample(forenames, len(forenames))
    scripts: dict[str, str] = {}
    for name in by_lot:
        scripts.setdefault(unicodedata.name(next(each for each in name if each.isalpha())).split()[0], name)
    return list(dict.fromkeys([*scripts.values(), *by_lot]))[:SAMPLED]


@pytest.mark.slow
def test_people_with_all_kinds_of_names_apply_and_are_greeted_by_name(
    installation: Installation, forenames: list[str]
) -> None:
    run = uuid.uuid4().hex[:8]
    names = [
        f"{name} {family}"
        for name, family in zip(sample(forenames), ("O’Brien-Ng", "Đặng", "Price", "de la Cruz") * 10, strict=True)
    ]

    def apply(number: int) -> tuple[str, str]:
        return plain.apply(installation, names[number], f"name{number}.{run}@example.org", "south")

    with ThreadPoolExecutor(4) as several:
        sent = list(several.map(apply, range(SAMPLED)))
    for number, (reference, _) in enumerate(sent):
        mail = installation.mail(f"name{number}.{run}@example.org", "we have your ride-along application")
        assert reference in mail.subject
        assert mail.words.startswith(f"Hello {names[number]},"), mail.words[:100]
