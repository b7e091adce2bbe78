"""What the generator writes is what the program would have written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from casework.cases.models import Case, DueDuty
from casework.cases.verify import verify as verify_dates
from casework.extensions import db
from casework.feedback.models import Encounter
from casework.history.models import Event
from casework.history.verify import verify as verify_chains
from casework.outbox.models import Owed
from tests import factories
from tests.bench import generate
from tests.bench.words import COMMON, RARE
from tests.conftest import empty


def test_a_generated_set_has_nothing_wrong_with_it(app: Any, database: dict[str, str]) -> None:
    db.session.rollback()
    empty(database["admin_url"])
    generate.house()
    generate.generate(300, database["owner_url"])
    assert verify_chains() == []
    assert verify_dates() == []
    assert db.session.query(Case).count() == 300
    share = db.session.query(Case).filter(Case.is_open).count() / 300
    assert 0.12 < share < 0.3
    kinds = Counter(db.session.scalars(select(Case.kind)))
    assert 140 < kinds["ride"] < 190 and 65 < kinds["feedback"] < 115 and 25 < kinds["complaint"] < 65
    long = Counter(event.subject_id for event in db.session.query(Event).filter_by(subject_kind="complaint"))
    assert max(long.values()) > 190
    told = func.to_tsquery("english", RARE), func.to_tsquery("english", COMMON)
    rare, common = (db.session.query(Encounter).filter(Encounter.words.op("@@")(word)).count() for word in told)
    assert 18 <= rare <= 23
    assert 0.2 < common / db.session.query(Encounter).count() < 0.4
    assert db.session.query(DueDuty).count() > 200
    per_case = Counter(event.subject_id for event in db.session.query(Event).filter_by(subject_kind="ride"))
    assert set(per_case.values()) <= {4, 5, 6, 7}
    assert db.session.query(Owed).filter(Owed.closed_at.is_(None)).count() == 0
    # the program goes on where the generator stopped: ids, chains and all
    made = factories.ride()
    db.session.commit()
    assert made.ride.id == 301
    assert verify_chains() == []
