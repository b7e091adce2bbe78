"""What somebody may see of all cases, as a condition on a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from casework.cases.models import Case, CaseArea

_AREAS = bindparam("areas", type_=ARRAY(BigInteger))
_KINDS = bindparam("kinds", type_=ARRAY(Text))
_HIDDEN = bindparam("hidden", type_=ARRAY(BigInteger))


@dataclass(frozen=True)
class Scope:
    """What a person may see: the areas of the role in which they act, whether that is the whole force, which kinds of
    case (None: every kind), and which cases they may not see all the same, because they are about them."""

    area_ids: frozenset[int]
    force_wide: bool
    kinds: frozenset[str] | None = None
    hidden: frozenset[int] = frozenset()

    def covers(self) -> ColumnElement[bool]:
        """The condition on a case: of a kind of theirs, in an area of theirs or shared with one."""
        areas = literal(sorted(self.area_ids), ARRAY(BigInteger))
        kinds = None if self.kinds is None else literal(sorted(self.kinds), ARRAY(Text))
        hidden = literal(sorted(self.hidden), ARRAY(BigInteger)) if self.hidden else None
        return covers(areas, kinds, self.force_wide, hidden)

    @property
    def values(self) -> dict[str, Any]:
        """What a statement with `covered` in it is given."""
        return {"areas": sorted(self.area_ids), "kinds": sorted(self.kinds or ()), "hidden": sorted(self.hidden)}


def covered(force_wide: bool, every_kind: bool) -> ColumnElement[bool]:
    """The condition of a scope for a statement that is put together once; its `values` are bound each time."""
    return covers(_AREAS, None if every_kind else _KINDS, force_wide, _HIDDEN)


def covers(
    areas: BindParameter[Any],
    kinds: BindParameter[Any] | None,
    force_wide: bool,
    hidden: BindParameter[Any] | None,
) -> ColumnElement[bool]:
    """The condition of a scope whose values are bound later: no kinds are all kinds, no hidden ones are none."""
    seen = [true() if kinds is None else Case.kind == any_(kinds)]
    if hidden is not None:
        seen.append(Case.id != all_(hidden))
    if not force_wide:
        shared = select(CaseArea.case_id).where(CaseArea.area_id == any_(areas))
        seen.append(or_(Case.area_id == any_(areas), Case.id.in_(shared)))
    return and_(*seen)
