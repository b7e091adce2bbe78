"""How right what is keyed is, by clerk and field: noted when somebody else has looked. Never commits.

Sums by month are kept beside the single checks, so that drawing a sample and showing figures ask for a few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from casework.extensions import db
from casework.moments import now, today
from casework.post import sampling
from casework.post.models import FieldCheck, FieldSum, Keying
from casework.post.sampling import Tally
from casework.settings import service as settings


@dataclass(frozen=True)
class Checked:
    """Whether what an account keyed for a field was right. `share`: how likely it was to be checked (first round)."""

    name: str
    account_id: int
    right: bool
    share: float | None


def note(item_id: int, found: Iterable[Checked]) -> None:
    """Note what is known of these fields of an item, and add it to the sums."""
    rows = list(found)
    if not rows:
        return
    db.session.execute(
        insert(FieldCheck),
        [
            {
                "item_id": item_id,
                "name": c.name,
                "account_id": c.account_id,
                "right": c.right,
                "share": c.share,
                "at": now(),
            }
            for c in rows
        ],
    )
    sums: dict[tuple[int, str], dict[str, float]] = {}
    for c in rows:
        weight = sampling.weight(c.share)
        one = sums.setdefault((c.account_id, c.name), {})
        wrong = 0 if c.right else 1
        for column, more in (
            ("checked", 1),
            ("wrong", wrong),
            ("weight", weight),
            ("weight_wrong", weight * wrong),
            ("weight_squares", weight * weight),
        ):
            one[column] = one.get(column, 0) + more
    _add(sums)


def count_keyed(found: Iterable[tuple[int, str, float | None, bool]]) -> None:
    """Count what was keyed in a first round: account, field, share, and whether it is keyed again."""
    sums: dict[tuple[int, str], dict[str, float]] = {}
    for account_id, name, _, again in found:
        one = sums.setdefault((account_id, name), {"keyed": 0, "unchecked": 0})
        one["keyed"] += 1
        one["unchecked"] += not again
    _add(sums)


def tallies(account_id: int) -> Callable[[str], tuple[Tally, Tally, Tally]]:
    """For a field: what is known of this clerk, of the field, and of everything, in the period that counts."""
    rows = db.session.execute(
        select(
            FieldSum.name,
            func.sum(FieldSum.checked),
            func.sum(FieldSum.wrong),
            func.coalesce(func.sum(FieldSum.checked).filter(FieldSum.account_id == account_id), 0),
            func.coalesce(func.sum(FieldSum.wrong).filter(FieldSum.account_id == account_id), 0),
        )
        .where(FieldSum.month >= since())
        .group_by(FieldSum.name)
    ).all()
    fields = {name: Tally(int(checked), int(wrong)) for name, checked, wrong, *_ in rows}
    overall = Tally(sum(t.checked for t in fields.values()), sum(t.wrong for t in fields.values()))
    clerk = Tally(int(sum(row[3] for row in rows)), int(sum(row[4] for row in rows)))
    return lambda name: (clerk, fields.get(name, Tally()), overall)


def items_done(account_id: int) -> int:
    """How many items an account has keyed first, as far as it matters for a new clerk."""
    most = settings.value("post.first_items")
    some = select(Keying.id).where(Keying.account_id == account_id, Keying.round == 1, Keying.done_at.is_not(None))
    return int(db.session.scalar(select(func.count()).select_from(some.limit(most).subquery())) or 0)


def since() -> date:
    """The first month whose checks count."""
    return settings.first_within("post.measured", today()).replace(day=1)


def _add(sums: dict[tuple[int, str], dict[str, float]]) -> None:
    """Add to the sums of this month, in one order: two who finish at once never wait for each other crosswise."""
    month = today().replace(day=1)
    rows = [{"account_id": a, "name": n, "month": month, **sums[a, n]} for a, n in sorted(sums)]
    if not rows:
        return
    statement = insert(FieldSum).values(rows)
    columns = [column for column in rows[0] if column not in ("account_id", "name", "month")]
    more = {c: getattr(FieldSum, c) + getattr(statement.excluded, c) for c in columns}
    db.session.execute(statement.on_conflict_do_update(index_elements=["account_id", "name", "month"], set_=more))
