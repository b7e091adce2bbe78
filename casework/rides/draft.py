"""An application while it is typed: what its answers make, who cannot apply yet, and where applications are taken."""

from __future__ import annotations

from typing import Any

from casework.areas import queries as areas
from casework.cases.models import Draft
from casework.clocks import Months
from casework.drafting.journey import Journey
from casework.forms import Form
from casework.moments import now, today
from casework.rides import queries, service
from casework.rides.questions import PAGES
from casework.settings import service as settings

JOURNEY = Journey("ride", PAGES, key="draft", link="draft-link")


def facts(forms: dict[str, Form]) -> service.Application:
    """The application that these answers make."""
    slugs = {area.slug: area.id for area in areas.everything()}
    value = {slug: {field.short_name: field.data for field in form.questions()} for slug, form in forms.items()}
    wishes = [slugs[w] for w in (value["areas"][k] for k in ("first", "second", "third")) if w]
    teams = [t for t in (value["teams"]["first"], value["teams"]["second"]) if t and t != "any"]
    contact, when, before = value["contact"], value["when"], value["before"]
    return service.Application(
        name=value["name"]["name"],
        born_on=value["age"]["born"],
        email=contact["email"] or "",
        phone=contact["phone"] or "",
        address=contact["address"] or "",
        postcode=contact["postcode"] or "",
        channel=contact["channel"],
        voicemail=contact["voicemail"],
        safe_times=contact["safe_times"] or "",
        connections=tuple(value["connection"]["connections"] or ()),
        borough_id=slugs.get(value["connection"]["borough"] or ""),
        why=value["about"]["why"],
        interests=tuple(value["about"]["interests"] or ()),
        teams=tuple(dict.fromkeys(teams)),
        wishes=tuple(dict.fromkeys(wishes)),
        days=tuple(when["days"] or ()),
        shifts=tuple(when["shifts"] or ()),
        earliest_on=when["earliest"],
        latest_on=when["latest"],
        rode_before=before["rode_where"] or "" if before["rode"] else "",
        rode_on=before["rode_on"] if before["rode"] else None,
        heard_from=value["heard"]["heard"] or "",
        adjustments={k: v for k, v in value["needs"].items() if v},
    )


def not_yet(forms: dict[str, Form]) -> dict[str, Any] | None:
    """Why somebody cannot apply yet, and from when: None if they can, as far as they have answered."""
    born = _data(forms, "age", "born")
    if born is not None:
        adult = Months(12 * settings.value("ride.age")).due(born, settings.calendar())
        if adult > today():
            return {"why": "age", "from_on": adult}
    if _data(forms, "connection", "connections") == ["none"]:
        return {"why": "residence", "from_on": None}
    rode_on = _data(forms, "before", "rode_on") if _data(forms, "before", "rode") else None
    if rode_on is not None:
        again = settings.rule("ride.frequency").due(rode_on, settings.calendar())
        if again > today():
            return {"why": "recent", "from_on": again}
    return None


def scheme_status(area_id: int, draft: Draft | None = None) -> tuple[str, str]:
    """Whether applications for a BCU are taken: open, paused or closed, and the message.

    A draft begun while it was open may still be sent for 24 hours (setting) after.
    """
    scheme = queries.scheme(area_id)
    if scheme is None:
        return "closed", ""
    grace = settings.delay("draft.after_pause")
    if scheme.state == "open":
        if scheme.intake_cap is None or queries.undecided(area_id) < scheme.intake_cap:
            return "open", scheme.message
        if draft is not None and grace.after(draft.created_at, settings.calendar()) >= now():
            return "open", scheme.message
        return "paused", scheme.message or "We have as many applications as we can look at now."
    begun_before = draft is not None and draft.created_at < scheme.state_since
    if begun_before and now() <= grace.after(scheme.state_since, settings.calendar()):
        return "open", scheme.message
    return str(scheme.state), scheme.message


def _data(forms: dict[str, Form], page: str, field: str) -> Any:
    form = forms[page]
    return getattr(form, field).data if not getattr(form, field).errors else None
