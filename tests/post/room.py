"""A post room in the midst of its work, and a month's file to publish: what addresses of their pages can name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from flask import url_for
from sqlalchemy import select
from werkzeug.routing import AnyConverter

from casework.cases.models import Case
from casework.extensions import db
from casework.post import keying, leases, service
from casework.post.comparing import Read
from casework.post.models import Batch, FieldCheck, Item, KeyedField, Keying, Page, Scan
from casework.releases.models import Release
from tests import factories
from tests.post import trays
from tests.releases import desk

DOORS = ("/staff/post", "/staff/releases")


def busy(cast: Any, words: str) -> dict[str, list[Any]]:
    """Letters of the north at every stage, with `words` in each, and a file of stops; committed. The values by name.

    One is to be indexed, one to be keyed, one is keyed in two ways, so that it is to be settled.
    """
    batch = service.open_batch(cast.clerk, tray=words, arrived_on=trays.today(), envelopes=1, area_id=_north())
    sort = db.session.scalars(select(Item).where(Item.batch_id == batch.id)).one()
    trays.give_pages(sort, [trays.paper()])
    service.scanned(sort, cast.clerk)
    letters = [trays.letter(cast.clerk, area_id=_north(), name=words) for _ in range(2)]
    truth = trays.mistaken("you.name", words)
    trays.key(letters[1], trays.clerk("first", "north"), truth)
    trays.key(letters[1], trays.clerk("second", "north"), truth | {"you.name": Read(("Somebody else",))})
    release = desk.imported(cast, desk.small())
    db.session.commit()
    items = [sort, *letters]
    pages = db.session.scalars(select(Page).order_by(Page.id))
    return {
        "batch_id": sorted({each.batch_id for each in items}),
        "item_id": [each.id for each in items],
        "page_id": [each.id for each in pages],
        "release_id": [release.id],
        "action": ["review"],
        "table": ["fields"],
    }


def take(item_id: int, account_id: int) -> None:
    """Somebody takes a letter to their desk, and begins to key it where it is to be keyed. Committed."""
    item = leases.held(item_id, account_id, leases.take(item_id, account_id))
    if keying.round_of(item) is not None:
        keying.begin(item, account_id)
    db.session.commit()


def addresses(app: Any, values: Mapping[str, list[Any]]) -> list[tuple[str, list[str], bool]]:
    """Every page of the post room and of releases that is not one of a case: its address, its verbs, and whether it
    is one of some batch, item or release."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(DOORS) or "reference" in rule.arguments:
            continue
        converters = rule._converters
        choices = {
            name: sorted(converters[name].items) if isinstance(converters[name], AnyConverter) else values[name]
            for name in rule.arguments
        }
        with app.test_request_context():
            for chosen in product(*choices.values()):
                path = url_for(rule.endpoint, **dict(zip(choices, chosen, strict=True)))
                found.append((path, sorted(rule.methods & {"GET", "POST"}), any(n.endswith("_id") for n in choices)))
    return found


def everything() -> list[Any]:
    """All that somebody could have changed there."""
    rows: list[Any] = []
    for model in (Batch, Item, Scan, Page, Keying, KeyedField, FieldCheck, Release, Case):
        table = model.__table__
        rows += [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]
    return rows


def _north() -> int:
    return factories.area("north").id
