"""For each area: who could take each action of each table today. "Nobody" is a warning."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from casework.accounts import door, queries
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.cases import registry
from casework.roles import STAFF_ROLES, Role
from casework.workflow import Workflow

bp = Blueprint("people", __name__)


@dataclass(frozen=True)
class Action:
    """An action of a table, the roles that may take it, and the names of who holds one of them today."""

    name: str
    words: str
    roles: list[Role]
    names: list[str]


@bp.get("/staff/settings/who-can")
@door.staff(Role.ADMIN, Role.SUPERVISOR, Role.COORDINATOR, Role.DATA_PROTECTION)
def who_can() -> ResponseReturnValue:
    """The page of one area: its own staff and those of the whole force."""
    offered = [area for area in areas.everything() if area.kind in ("force", "bcu") and area.id in current.area_ids]
    if not offered:
        abort(404)
    offered.sort(key=lambda area: (area.kind != "bcu", area.name))
    slug = request.args.get("area")
    area = next((each for each in offered if each.slug == slug), None) if slug else offered[0]
    if area is None:
        abort(404)
    tables = [(kind.workflow, actions(kind.workflow, _holders(area))) for kind in registry.everything()]
    gaps = sum(1 for _, rows in tables for row in rows if not row.names)
    return render_template("accounts/who_can.html", area=area, areas=offered, tables=tables, gaps=gaps)


def actions(workflow: Workflow, holders: dict[str, list[str]]) -> list[Action]:
    """What staff may do under a table, in its order, with who could do it."""
    found = []
    for name in dict.fromkeys(row.action for row in workflow.rows):
        rows = [row for row in workflow.rows if row.action == name]
        roles = [role for role in Role if role in STAFF_ROLES and any(row.allows(role) for row in rows)]
        if not roles:
            continue
        names = sorted({each for role in roles for each in holders.get(role, [])})
        words = next((row.button for row in rows if row.button), "") or name.replace("_", " ").capitalize()
        found.append(Action(name, words, roles, names))
    return found


def _holders(area: Area) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, account in queries.holders(STAFF_ROLES, area.id):
        found.setdefault(role, []).append(account.name)
    return found
