"""Every date of a complaint with its sum, day by day."""

from __future__ import annotations

from flask import render_template, url_for

from casework.accounts import door
from casework.complaints import duties, facts
from casework.complaints.blueprint import bp, found
from casework.roles import Role
from casework.settings import service as settings
from casework.settings.declared import BY_KEY


@bp.get("/complaints/<reference>/dates")
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def sums(reference: str) -> str:
    """Each duty: since when, by when, what alone meets it, which rule it follows and where that comes from."""
    complaint = found(reference)
    rules = {
        name: (BY_KEY[key].source, BY_KEY[key].confirmed, str(settings.value(key)))
        for name, key in duties.SETTINGS.items()
    }
    return render_template(
        "complaints/sums.html",
        complaint=complaint,
        lines=facts.duty_lines(complaint),
        rules=rules,
        home=url_for("cases.show", reference=complaint.reference),
    )
