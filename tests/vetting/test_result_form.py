"""The form of a result, as a vetting officer sends it."""

from __future__ import annotations

from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.vetting import queries as vetting_queries
from casework.vetting import service as vetting
from tests import factories
from tests.browser import Browser


def all_checked(cast: Any) -> Any:
    """Somebody on whom every check is clear, without a result yet."""
    made = factories.in_checks(cast)
    for check in vetting_queries.clearance(made.ride.id).checks:
        cases.perform(check, "begin", cast.vetting_officer)
        vetting.finish_check(check, "clear", cast.vetting_officer)
    db.session.commit()
    return made


def send(app: Any, cast: Any, made: Any, who: str, **answers: Any) -> Any:
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    page = f"/staff/vetting/{made.ride.reference}"
    browser.get(page)
    version = str(vetting_queries.clearance(made.ride.id).version)
    return browser.post(
        f"{page}/result", {"result-version": version} | {f"result-{key}": value for key, value in answers.items()}
    )


def test_a_plainly_clear_result_is_asked_for_nothing_more(app: Any, cast: Any, demo_mode: None) -> None:
    made = all_checked(cast)
    assert send(app, cast, made, "vetting_officer", action="clear").status_code == 303
    assert vetting_queries.clearance(made.ride.id).state == "clear"


def test_conditions_are_asked_for_with_the_result_that_has_them_and_kept_with_no_other(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = all_checked(cast)
    assert send(app, cast, made, "vetting_officer", action="refer", detail="Look at this.").status_code == 303
    answer = send(app, cast, made, "vetting_officer_too", action="clear_with_conditions", detail="By day.")
    assert answer.status_code == 400
    assert "Choose at least one condition" in answer.get_data(as_text=True)
    answer = send(app, cast, made, "vetting_officer_too", action="clear", detail="Nothing.", conditions=["daytime"])
    assert answer.status_code == 303
    clearance = vetting_queries.clearance(made.ride.id)
    assert (clearance.state, clearance.conditions) == ("clear", [])
