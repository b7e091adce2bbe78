"""What the one who acts may see: the one place where that is worked out for a page.

Their areas, the kinds of case of their role, and nothing that is about themselves: a feature says which cases are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import g
from sqlalchemy import BigInteger, ColumnElement, all_, literal, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from casework import references
from casework.accounts.door import current
from casework.accounts.models import Account
from casework.cases import queries, registry
from casework.cases.models import Case
from casework.cases.queries import Scope

_hiders: list[Callable[[Account], Iterable[int]]] = []


def hides(function: Callable[[Account], Iterable[int]]) -> Callable[[Account], Iterable[int]]:
    """Register which cases are not to be seen by somebody: those that are about them."""
    _hiders.append(function)
    return function


def scope(every_kind: bool = False) -> Scope:
    """What the acting role may see; `every_kind` where a page has its own rule of kinds."""
    kinds = None if every_kind else registry.kinds_of(current.role)
    return Scope(current.area_ids, current.force_wide, kinds, hidden())


def case(typed: str, every_kind: bool = False) -> Case | None:
    """The case of a reference as typed, if it may be seen; None whatever is wrong, so that all looks alike."""
    try:
        return queries.by_reference(references.read(typed), scope(every_kind))
    except references.BadReference:
        return None


def apart(case_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that what belongs to a case, or to none yet, is not about whoever acts."""
    mine = sorted(hidden())
    return or_(case_id.is_(None), case_id != all_(literal(mine, ARRAY(BigInteger)))) if mine else true()


def hidden() -> frozenset[int]:
    """The cases that are about whoever acts: asked once a request."""
    found: frozenset[int] | None = g.get("hidden_cases")
    if found is None:
        found = g.hidden_cases = hidden_from(current.account)
    return found


def hidden_from(account: Account) -> frozenset[int]:
    """The ids of the cases that are about somebody."""
    return frozenset(case_id for function in _hiders for case_id in function(account))
