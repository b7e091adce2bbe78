"""What changed because somebody complained: published with its dates and evidence, or as late. No persons in it."""

from __future__ import annotations

from flask import Blueprint, render_template

from casework.accounts.door import public
from casework.areas import queries as areas
from casework.complaints import queries

bp = Blueprint("learned", __name__)


@bp.get("/what-changed")
@public
def what_changed() -> str:
    """What we said we would change, by when, and whether it was done."""
    return render_template(
        "complaints/what_changed.html",
        rows=queries.published(),
        area_names={area.id: area.name for area in areas.everything()},
    )
