"""Every page of every staff role, on a desktop and on a phone: what axe says, sideways scroll, title and heading."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest

from casework.roles import STAFF_ROLES
from tests.journeys import plain, sayings
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.visitor import DESKTOP, PHONE, Visitor

# A4 at 96 dots an inch, its margins taken off
PAPER = {"width": 718, "height": 1000}
# states of a complaint in which something waits for a supervisor
SUPERVISED = ("recorded", "drafted", "upheld", "withdrawing")


@pytest.mark.slow
@pytest.mark.timeout(900)  # some roles reach a hundred pages, each looked at twice
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_every_page_that_a_role_can_reach_is_in_order(installation: Installation, visit: Visit, role: str) -> None:
    person = visit().sign_in(role)
    found = walk(person, ["/staff/", *starts(installation, role)])
    missing = {shape for shape in found if found[shape] >= 400}
    assert not missing, f"links of {role} that lead nowhere: {missing}"
    assert "/staff/" in found


def starts(installation: Installation, role: str) -> list[str]:
    """A case and a place in every state there is: each has other buttons and other pages."""
    rides, said, complaints = (cases(installation, kind) for kind in ("ride", "feedback", "complaint"))
    persons = installation.sql(
        """SELECT DISTINCT ON (v.state) c.reference FROM clearances v JOIN cases c ON c.id = v.case_id JOIN areas a ON a.id = c.area_id
           WHERE a.slug = 'central-east' ORDER BY v.state, c.id"""
    )
    slots = installation.sql(
        """SELECT DISTINCT ON (s.state) s.id FROM slots s JOIN areas a ON a.id = s.area_id
           WHERE a.slug = 'central-east' ORDER BY s.state, s.id"""
    )
    found = {
        "coordinator": [*rides.values()] + [f"/staff/schedule/{slot}" for (slot,) in slots],
        "clerk": ["/staff/letters/print"],
        "vetting-officer": [f"/staff/vetting/{person}" for (person,) in persons],
        "triage": [*said.values()],
        "handler": [*complaints.values()],
        "supervisor": [complaints[state] for state in SUPERVISED if state in complaints],
    }
    return found.get(role, [])


def cases(installation: Installation, kind: str) -> dict[str, str]:
    """The page of a case of a kind, by each state in which there is one."""
    found = installation.sql(
        """SELECT DISTINCT ON (c.state) c.state, c.reference FROM cases c JOIN areas a ON a.id = c.area_id
           WHERE a.slug = 'central-east' AND c.kind = %(kind)s ORDER BY c.state, c.id""", kind=kind,
    )  # fmt: skip
    return {state: f"/staff/cases/{reference}" for state, reference in found}


def walk(person: Visitor, begin: list[str]) -> dict[str, int]:
    """Open everything that links lead to, one of each kind, and give the status by kind."""
    found: dict[str, int] = {}
    waiting = list(begin)
    asked = set(begin)
    while waiting:
        path = waiting.pop(0)
        person.open(path)
        found[shape(path)] = max(person.status, found.get(shape(path), 0))
        look_at_phone_size(person)
        for link in links(person):
            if shape(link) not in {shape(each) for each in asked}:
                asked.add(link)
                waiting.append(link)
    return found


def look_at_phone_size(person: Visitor) -> None:
    """The same page with little room."""
    person.page.set_viewport_size(PHONE)
    person.eyes.look(narrowly=True)
    person.page.set_viewport_size(DESKTOP)


def links(person: Visitor) -> list[str]:
    """The staff pages that this page leads to; what hides behind a small picture is a larger one, no page."""
    hrefs = person.page.evaluate(
        "[...document.querySelectorAll('a[href]:not([download]):not(:has(> img))')].map((a) => a.getAttribute('href'))"
    )
    paths = [urljoin(person.page.url, href) for href in hrefs]
    ours = [urlsplit(each) for each in paths if each.startswith(person.installation.site + "/staff/")]
    return list(dict.fromkeys(each.path + (f"?{each.query}" if each.query else "") for each in ours))


def shape(path: str) -> str:
    """An address with its numbers, references and choices taken out; of settings, one of each family."""
    parts = urlsplit(re.sub(r"(/settings/periods/[a-z]+)\.[\w.]+", r"\1", path))
    plain = re.sub(r"/((?:RA|FB|CM)-[\w-]+|\d+|[\w-]{22,})(?=/|$)", "/_", parts.path)
    return plain + (
        "?" + ",".join(sorted(each.partition("=")[0] for each in parts.query.split("&"))) if parts.query else ""
    )


def test_a_complaint_is_printed_with_all_that_was_said_and_owed(installation: Installation, visit: Visit) -> None:
    reference, _ = sayings.say(installation, "Rakotomalalanirina Andriamihajatiana", "print@example.org", "complaint")
    handler = visit(PAPER).sign_in("handler")
    handler.open(f"/staff/cases/{reference}")
    handler.page.emulate_media(media="print")
    handler.sees(
        reference, "New, to be logged", sayings.WHAT, "What is owed", "Footage", "History", "Received", "Messages"
    )
    handler.sees_not("What you can do now", "More for this case", "Add a note", "Hand over", "Next case", "Note it")
    assert handler.page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert handler.page.pdf(format="A4").startswith(b"%PDF")


def test_a_case_is_printed_without_what_is_only_for_the_screen(installation: Installation, visit: Visit) -> None:
    reference, _ = plain.apply(installation, "Ratsimbazafindrakotomanana Andriamihajatiana", "print@example.org")
    coordinator = visit(PAPER).sign_in("coordinator-b")
    coordinator.open(f"/staff/cases/{reference}")
    coordinator.page.emulate_media(media="print")
    coordinator.sees(reference, "Ratsimbazafindrakotomanana", "New, to be looked at", "History", "Applied", "Messages")
    coordinator.sees_not(
        "What you can do now", "More for this case", "Add a note", "Hand over", "Sign out", "Ready for a place"
    )
    wide = coordinator.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PAPER["width"]
    assert coordinator.page.pdf(format="A4").startswith(b"%PDF")
