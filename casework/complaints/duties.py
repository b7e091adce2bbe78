"""What is owed while a complaint lives, and what alone meets it: beside the rows of `workflow.py`, and by its names.

The numbers are settings with their sources; nothing is reset by re-typing, reassigning or converting. A complaint
begins on the day that the first words of it arrived, as feedback or by post.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.clocks import Duty, Happening, Rule

# Ends whatever is still owed to the person before the outcome.
_OVER = ("complaint.withdraw", "complaint.transfer", "complaint.merge")
_AGAIN = ("complaint.reopen", "complaint.unmerge", "complaint.record_after", "complaint.reinvestigate")


def declared(rule: Callable[[str], Rule]) -> tuple[Duty, ...]:
    """The duties with the rules in force. `rule` gives the rule of a setting."""
    return (
        Duty(
            "acknowledge",
            "Acknowledge the complaint",
            starts=("complaint.submit",),
            rule=rule("complaint.acknowledge"),
            satisfied_by=("told:complaint-received", "told:complaint-logged"),
            ends=_OVER,
        ),
        Duty(
            "contact",
            "Contact the person and ask how it should be handled",
            starts=("complaint.submit",),
            rule=rule("complaint.first_contact"),
            satisfied_by=("complaint.contact",),
            ends=(*_OVER, "complaint.send"),
        ),
        # Regulation 34(2)(a): within four weeks of the start, then within four weeks of each update.
        Duty(
            "progress",
            "Tell the person about progress",
            starts=("complaint.submit", *_AGAIN),
            rule=rule("complaint.progress"),
            satisfied_by=("told:complaint-update", "told:complaint-outcome"),
            re_arms=True,
            ends=(*_OVER, "told:complaint-outcome"),
        ),
        # Regulation 34(2)(b).
        Duty(
            "outcome",
            "Tell the person the outcome, in writing",
            starts=("complaint.approve",),
            rule=rule("complaint.outcome"),
            satisfied_by=("told:complaint-outcome",),
            ends=(*_OVER, "complaint.record"),
        ),
        Duty(
            "refer",
            "Refer to the IOPC",
            starts=("complaint.criteria_met",),
            rule=rule("complaint.referral"),
            satisfied_by=("complaint.refer",),
            ends=("complaint.criteria_cleared",),
        ),
        # Regulation 13: an investigation that takes twelve months, then again after every six.
        Duty(
            "report",
            "Report the delay to the local policing body and the IOPC, and tell the person",
            starts=("complaint.recorded_from",),
            rule=rule("complaint.report"),
            satisfied_by=("complaint.report",),
            ends=(*_OVER, "told:complaint-outcome"),
        ),
        Duty(
            "report_again",
            "Report the delay again",
            starts=("complaint.report",),
            rule=rule("complaint.report.again"),
            satisfied_by=("complaint.report",),
            re_arms=True,
            ends=(*_OVER, "told:complaint-outcome"),
        ),
        # PRA Sch 3 para 1: as soon as practicable; body-worn footage is overwritten after about a month.
        Duty(
            "preserve",
            "Have footage and other evidence kept",
            starts=("complaint.preservation_owed",),
            rule=rule("complaint.preserve"),
            satisfied_by=("complaint.preserve", "complaint.preservation"),
        ),
        Duty(
            "footage",
            "Footage is overwritten after this day",
            starts=("complaint.happened",),
            rule=rule("footage.keep"),
            satisfied_by=("complaint.preservation",),
        ),
        Duty(
            "suspension",
            "Look at the suspension again",
            starts=("complaint.suspend",),
            rule=rule("complaint.suspension.review"),
            satisfied_by=("complaint.review_suspension",),
            re_arms=True,
            ends=(*_OVER, "complaint.resume", "complaint.ask_to_withdraw"),
        ),
        Duty(
            "review",
            "Ask the review body where the review stands",
            starts=("complaint.apply_for_review", "complaint.allow_late_review"),
            rule=rule("complaint.review.answer"),
            satisfied_by=("complaint.find_reasonable", "complaint.uphold"),
            ends=(*_OVER,),
        ),
        Duty(
            "act_on_review",
            "Act on the review",
            starts=("complaint.uphold",),
            rule=rule("complaint.upheld"),
            satisfied_by=("complaint.reinvestigate", "complaint.act_on_review"),
        ),
    )


# The name of the setting that holds each duty's period, for pages that explain it.
SETTINGS = {
    "acknowledge": "complaint.acknowledge",
    "contact": "complaint.first_contact",
    "progress": "complaint.progress",
    "outcome": "complaint.outcome",
    "refer": "complaint.referral",
    "report": "complaint.report",
    "report_again": "complaint.report.again",
    "preserve": "complaint.preserve",
    "footage": "footage.keep",
    "suspension": "complaint.suspension.review",
    "review": "complaint.review.answer",
    "act_on_review": "complaint.upheld",
}


def derive(case: Any, found: list[Happening], preserved: bool = True) -> list[Happening]:
    """What follows from the history without being an event: since when, in law.

    - The clock of the twelve months runs from the day of the complaint, once it is recorded.
    - Footage is counted from the encounter, where its day is known.
    """
    more = []
    if any(each.name in {"complaint.record", "complaint.record_after"} for each in found):
        more.append(Happening("complaint.recorded_from", case.received_on))
    if preserved:
        more.append(Happening("complaint.preservation_owed", case.received_on))
        happened_on = case.encounter.happened_on
        more.append(Happening("complaint.happened", happened_on or case.received_on))
    return more + found
