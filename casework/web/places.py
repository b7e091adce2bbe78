"""Where one can go from anywhere: the navigation of the public and of the staff.

A page whose feature is not built is linked from nowhere: a link is shown only where the page exists and, for staff, is
open to the role in which they act.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from casework.roles import Role

PUBLIC = (
    ("Ride along", "/ride-along"),
    ("Give feedback", "/feedback"),
    ("Complain", "/complaints"),
    ("Track", "/track"),
    ("Figures", "/ride-along/numbers"),
    ("Stop and search data", "/stop-and-search"),
    ("Panels", "/panels"),
)
STAFF = (
    ("My rides", "/staff/schedule/today"),
    ("Queue", "/staff/"),
    ("Overview", "/staff/desk/overview"),
    ("Post", "/staff/post"),
    ("Vetting", "/staff/vetting"),
    ("Ready for a place", "/staff/rides/ready"),
    ("Schedule", "/staff/schedule"),
    ("Footage", "/staff/footage"),
    ("Calls", "/staff/calls"),
    ("Letters", "/staff/letters"),
    ("Write down", "/staff/feedback/key-in"),
    ("Key in", "/staff/rides/key-in"),
    ("Ride feedback", "/staff/rides/feedback"),
    ("Pointed out", "/staff/triggers"),
    ("Learning", "/staff/learning"),
    ("Panels", "/staff/panels"),
    ("Releases", "/staff/releases"),
    ("Texts", "/staff/texts"),
    ("Schemes", "/staff/schemes"),
    ("People", "/staff/settings/people"),
    ("Settings", "/staff/settings"),
    ("Incidents", "/staff/incidents"),
    ("Website feedback", "/staff/service-feedback"),
)
FOOTER = (
    ("Contact", "/contact"),
    ("Privacy", "/privacy"),
    ("Cookies", "/cookies"),
    ("Accessibility", "/accessibility"),
    ("What changed", "/what-changed"),
    ("Help us improve this service", "/service-feedback"),
)


def set_up(app: Flask) -> None:
    """Give an app's templates the places of each kind, and what says whether a page exists, is open or is this one."""
    app.jinja_env.globals |= {
        "public_places": lambda: _open(PUBLIC),
        "staff_places": staff_places,
        "footer_places": lambda: _open(FOOTER),
        "page_exists": page_exists,
        "may_open": may_open,
        "endpoint_exists": lambda endpoint: endpoint in current_app.view_functions,
        "place_here": place_here,
        "url_for": addresses(app),
    }


def addresses(app: Flask) -> Callable[..., str]:
    """`url_for` for templates: the same, at a fraction of the work for the plain addresses that pages are full of."""
    rules: dict[str, Rule] = {}

    def address_of(endpoint: str, **values: Any) -> str:
        if not rules:
            rules.update(_plain_rules(app))
        rule = rules.get(endpoint)
        given = {name: value for name, value in values.items() if value is not None}
        if rule is None or not has_request_context() or not rule.arguments <= given.keys():
            return url_for(endpoint, **values)
        built = None if any(name.startswith("_") for name in given) else rule.build(given)
        return built[1] if built else url_for(endpoint, **values)

    return address_of


def page_exists(path: str) -> bool:
    """Whether there is a page at exactly this address."""
    return path in _endpoints()


def staff_places(role: Role | None) -> list[tuple[str, str]]:
    """The staff pages open to a role, in their order; all that exist where no role is given."""
    known: dict[Role | None, list[tuple[str, str]]] = current_app.extensions.setdefault("casework_staff_places", {})
    if role not in known:
        here = _open(STAFF)
        known[role] = [p for p in here if role is None or _admits(p[1], role) and _is_for(p[1], role)]
    return known[role]


def may_open(endpoint: str, role: Role) -> bool:
    """Whether a page exists and opens to a role."""
    return endpoint in current_app.view_functions and _opens(endpoint, role)


def place_here() -> str:
    """The place that the page being shown is or lies below; empty where there is none."""
    places = [place for _, place in PUBLIC + STAFF]
    below = [place for place in places if place not in ("/", "/staff/") and request.path.startswith(place + "/")]
    return request.path if request.path in places else max(below, key=len, default="")


def rule_of(path: str) -> str:
    """The rule that a path of ours matches ("/cases/<secret>"), or nothing: what may be kept of where somebody was."""
    try:
        rule, _ = current_app.url_map.bind("").match(path.partition("?")[0], "GET", return_rule=True)
    except HTTPException:
        return ""
    return rule.rule


def _is_for(path: str, role: Role) -> bool:
    """The start page opens to everybody, and is a queue for those who work through cases."""
    from casework.cases.staff import DESK

    return path != "/staff/" or role in DESK


def _open(places: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    known = _endpoints()
    return [place for place in places if place[1] in known]


def _admits(path: str, role: Role) -> bool:
    return _opens(_endpoints()[path], role)


def _opens(endpoint: str, role: Role) -> bool:
    from casework.accounts import door

    mark = door.mark_of(current_app.view_functions[endpoint])
    return mark is not None and (not mark.roles or role in mark.roles)


def _plain_rules(app: Flask) -> dict[str, Rule]:
    """The rule of every endpoint that has just one, without values of its own."""
    every = groupby(sorted(app.url_map.iter_rules(), key=_endpoint), _endpoint)
    found = {endpoint: list(rules) for endpoint, rules in every}
    return {endpoint: rules[0] for endpoint, rules in found.items() if len(rules) == 1 and not rules[0].defaults}


def _endpoint(rule: Rule) -> str:
    return str(rule.endpoint)


def _endpoints() -> dict[str, str]:
    """The endpoint of every address without a variable part, looked up once."""
    found: dict[str, str] | None = current_app.extensions.get("casework_places")
    if found is None:
        rules: list[Any] = list(current_app.url_map.iter_rules())
        found = {rule.rule: rule.endpoint for rule in rules if not rule.arguments and "GET" in (rule.methods or ())}
        current_app.extensions["casework_places"] = found
    return found
