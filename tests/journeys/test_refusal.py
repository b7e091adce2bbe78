"""A refusal, from a concern that nobody outside the unit learns of to a second look by somebody who was not involved."""

from __future__ import annotations

from tests.journeys import plain, steps
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.steps import Applicant
from tests.journeys.visitor import PHONE, Visitor

SEALED = "A canary of 2014 was found"


def test_somebody_is_refused_and_asks_for_the_decision_to_be_looked_at_again(
    installation: Installation, visit: Visit
) -> None:
    applicant = Applicant(visit(PHONE, script=False), "Ngũgĩ wa Mwangi")
    applicant.reference, applicant.code = plain.apply(installation, applicant.name, applicant.email)
    applicant.mail("we have your ride-along application")
    coordinator = visit().sign_in("coordinator-b")
    steps.give_next_part(applicant, steps.invite(coordinator, applicant))

    find_a_concern(visit().sign_in("vetting-officer"), applicant)
    conclude_as_a_second_person(visit().sign_in("vetting-officer-b"), applicant)
    steps.open_case(coordinator, applicant)
    coordinator.sees("Not clear", "What the checks found stays with the vetting unit.")
    coordinator.sees_not(SEALED, "second person", "Concern", "caution")
    refuse(visit().sign_in("supervisor"), applicant)

    refused = applicant.mail("our decision on your application")
    assert "after our checks" in refused.words
    assert SEALED not in refused.words
    applicant.open_link(refused)
    applicant.at.sees(
        "We cannot offer you a ride", "You can apply again from", "looked at again by somebody who was not involved"
    )
    applicant.at.follow("Ask for the decision to be looked at again")
    applicant.at.write("Is there something that we should know?", "It was somebody else with my name.")
    applicant.at.press("Ask for the decision to be looked at again", "main form")
    applicant.at.sees("Somebody who was not involved before will look at our decision again.")
    applicant.mail("we will look at our decision again")

    let_it_stand(visit, applicant)
    applicant.open_link(applicant.mail("we have looked at our decision again"))
    applicant.at.sees("It stands")
    applicant.at.sees_not("Ask for the decision to be looked at again", SEALED)


def find_a_concern(officer: Visitor, applicant: Applicant) -> None:
    """The first officer finds something in one check, says what, and passes the person on."""
    steps.run_checks(officer, applicant, but="Police National Computer")
    officer.press("Concern found (Police National Computer)")
    officer.sees("There is a problem", "Enter what was found")
    officer.write("What was found", SEALED)
    officer.press("Concern found (Police National Computer)")
    officer.answer("Result", "Refer to a second person")
    officer.write("Reasons", "Somebody else should look at this.")
    officer.press("Record the result")


def conclude_as_a_second_person(officer: Visitor, applicant: Applicant) -> None:
    """The second officer reads what was found and decides."""
    officer.open("/staff/vetting")
    officer.pick("Show", "Waiting for a second person")
    officer.press("Show", "main")
    officer.follow(applicant.name)
    officer.sees(SEALED, "Somebody else should look at this.")
    officer.answer("Result", "Not clear")
    officer.press("Record the result")
    officer.sees("There is a problem", "Enter your reasons")
    officer.write("Reasons", "It is recent and serious.")
    officer.press("Record the result")


def refuse(supervisor: Visitor, applicant: Applicant) -> None:
    """The supervisor refuses on a ground that says nothing of the checks."""
    steps.open_case(supervisor, applicant)
    supervisor.follow("Refuse")
    supervisor.tick("Suitability")
    supervisor.write("Note for colleagues", "As the unit advises.")
    supervisor.press("Refuse", "main")
    supervisor.sees(f"{applicant.reference} is refused.", "Suitability")
    supervisor.sees_not(SEALED)


def let_it_stand(visit: Visit, applicant: Applicant) -> None:
    """Whoever refused may not decide again; somebody else may."""
    involved = visit().sign_in("supervisor")
    steps.open_case(involved, applicant)
    involved.sees("It was somebody else with my name.", "Not now")
    assert not involved.page.get_by_role("button", name="Refusal stands").count()
    fresh = visit().sign_in("supervisor-b")
    steps.open_case(fresh, applicant)
    fresh.press("Refusal stands")
    fresh.sees("Refused")
