"""The rules engine: what may happen to a thing, declared in one table per kind. Standard library only."""

from casework.workflow.effects import Do, Now, Period, Tell, period
from casework.workflow.machine import Check, Offer, Refused, Row, StateSpec, Workflow, row

__all__ = ["Check", "Do", "Now", "Offer", "Period", "Refused", "Row", "StateSpec", "Tell", "Workflow", "period", "row"]
