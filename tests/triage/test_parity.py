"""Whatever way in somebody takes, the same facts lead to the same case: generated, over every channel."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, time
from random import Random
from typing import Any

import pytest

from casework.extensions import db
from casework.moments import moved_to, today
from casework.roles import Actor, Role
from casework.settings import service as settings
from casework.triage import routing
from casework.triage.models import RoutingRule
from tests import factories
from tests.desks import at_the_desk
from tests.triage import channels
from tests.triage.channels import BY_NAME, CHANNELS, Channel, House

FULL = os.environ.get("FULL") == "1"
CASES = int(os.environ.get("CASES", "0")) or (2_000 if FULL else 120)
SEED = int(os.environ.get("CASEWORK_SEED", "2026"))
# With FULL=1, each case by each of these beside the online form; else one after the other.
FOUR = [BY_NAME[name] for name in ("phone", "letter", "email")]
pytestmark = [pytest.mark.usefixtures("demo_mode"), pytest.mark.timeout(3000 if FULL else 300)]


@pytest.fixture
def house(app: Any, cast: Any) -> Any:
    """A force with rules of where things go, and staff at their desks; the clock stands."""
    north, borough = factories.area("north").id, factories.area("north-borough").id
    rules: list[dict[str, Any]] = [
        {"words": "taser, strip searched", "tag": "force"},
        {"sort": "thanks", "tag": "thanks"},
        {"area_id": borough, "kind": "complaint", "to_account_id": cast.account("handler_too").id},
        {"words": "dog", "to_account_id": cast.account("triage_too").id, "tag": "dogs"},
        {"area_id": north, "sort": "concern", "to_account_id": cast.account("triage_south").id},
    ]
    for values in rules:
        routing.keep(RoutingRule(name="A rule", active=True), Actor(Role.SUPERVISOR), **values)
    # Every search is pointed out: how often somebody was searched depends on the cases before.
    settings.change("trigger.searches", 1, cast.admin, "for this test", datetime(2020, 1, 1, tzinfo=UTC))
    db.session.commit()
    with moved_to(datetime.combine(today(), time(14, 0), UTC)):
        yield House(app, {who: at_the_desk(app, cast, who) for who in ("triage", "handler", "clerk", "supervisor")})


def sent(house: House, channel: Channel, said: channels.Said) -> dict[str, Any]:
    """The picture of what came by a channel."""
    before = channels.newest_id()
    channel.send(house, said)
    db.session.rollback()
    case = channels.newest()
    assert case.id > before
    return channels.picture(case)


def test_the_same_facts_make_the_same_case_by_every_way_in(house: House) -> None:
    rng, seen = Random(SEED), Counter[Any]()
    others = [each for each in CHANNELS if each.name not in {"online", "pages"}]
    for number in range(CASES):
        said = channels.said(rng, number)
        by = FOUR if FULL else [others[number % len(others)]]
        by = by + ([BY_NAME["pages"]] if number % 20 == 0 else [])
        first = sent(house, BY_NAME["online"], said)
        for channel in by:
            other = sent(house, channel, said)
            for part, value in first.items():
                if part not in channel.differs:
                    assert other[part] == value, (part, channel.name, number, SEED, said)
        seen.update(traits(said, first))
    # What was generated is not one story told again and again.
    assert [name for name in WANTED if not seen[name]] == []


WANTED = (
    "thanks", "comment", "question", "concern", "complaint", "unsure", "anonymous", "parent-under-16", "consent", "email", "letter", "phone",
    "page", "representative", "guardian", "given", "dogs", "force", "searches", "community", "authority-wanted", "nowhere", "earlier", "footage",
)  # fmt: skip


def traits(said: channels.Said, made: dict[str, Any]) -> set[str]:
    """What is special in what was said, and in what came of it."""
    found = {
        str(value) for page in ("want", "you", "other", "contact") for value in said.answers.get(page, {}).values()
    }
    found |= {party["part"] for party in made["people"]} | set(made["tags"]) | set(made["triggers"])
    found |= {row[1] for row in made["messages"]}
    special = {
        "given": made["given to"],
        "nowhere": made["area"] is None,
        "earlier": said.on != today(),
        "footage": made["footage"],
    }
    return found | {name for name, is_so in special.items() if is_so}


def test_every_difference_between_channels_says_why() -> None:
    assert len(BY_NAME) == len(CHANNELS)
    for channel in CHANNELS:
        assert all(channel.differs.values()), channel.name
    # Nobody is served worse: what counts for the person is never among them.
    kept = {
        "area",
        "received",
        "days",
        "sort",
        "tags",
        "given to",
        "duties",
        "footage",
        "messages",
        "rights",
        "people",
        "facts",
    }
    assert not any(kept & each.differs.keys() for each in CHANNELS)
