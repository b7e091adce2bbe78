"""Saved views of the queue, plans for many cases at once, and rules that route what comes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models import Living
from casework.extensions import Base


class SavedView(Base):
    """Filters of the queue under a name: for whoever saved them, or for everybody of an area."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)  # with whom it is shared
    at: Mapped[datetime]


class Plan(Living, Base):
    """One action for many cases: what is meant to happen is shown, confirmed, and then exactly that happens."""

    __tablename__ = "plans"
    __table_args__ = (
        Index("ix_plans_account", "account_id", "id"),
        Index("ix_plans_state", "state", "id"),
    )
    workflow_name = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"), unique=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]  # in which the cases are changed
    action: Mapped[str]
    # What the action needs: to whom, which tag, which text.
    to_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    tag: Mapped[str] = mapped_column(default="")
    canned: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")  # the text or note as it was shown
    weighed_at: Mapped[datetime | None]  # when it was worked out what would happen
    starts_at: Mapped[datetime | None]  # until then it can be stopped


class PlanItem(Base):
    """One case of a plan: whether it is meant, why not, and what became of it."""

    __tablename__ = "plan_items"
    __table_args__ = (UniqueConstraint("plan_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    head: Mapped[int] = mapped_column(default=0)  # the last event of the case that was shown
    excluded: Mapped[str] = mapped_column(default="")  # why it is left out; empty: it is meant
    result: Mapped[str] = mapped_column(default="")  # done, left_out
    why: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]


class RoutingRule(Base):
    """What comes in from here, of this kind, with these words, goes to somebody or gets a tag. The first that fits."""

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(index=True)  # the order in which rules are tried
    name: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))  # a borough or an area; none: everywhere
    kind: Mapped[str] = mapped_column(default="")
    sort: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")  # any of these, divided by commas
    to_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    tag: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
