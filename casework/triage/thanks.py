"""Thanks reach those whom they are for: the supervisors of the area are asked to tell the officers."""

from __future__ import annotations

from casework.accounts import queries as accounts
from casework.cases import registry
from casework.cases.registry import Step
from casework.outbox import service as outbox
from casework.roles import Role


@registry.also("feedback", "thank_officers")
def thank_officers(step: Step) -> None:
    """Owe every supervisor of the area a message that thanks wait for an officer. It names nobody."""
    assert step.event is not None
    told = {account.id for _, account in accounts.holders([Role.SUPERVISOR], step.subject.area_id)}
    for account_id in sorted(told):
        outbox.owe(step.event, "officer-thanked", f"account:{account_id}")
