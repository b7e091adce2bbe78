"""The sealed room of vetting: declarations, checks with their detail, and the clearance of a person.

Only vetting staff read what is sealed here. The rest of the program sees state, conditions and valid_until.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.cases.models import Living
from casework.extensions import Base
from casework.sealed import Sealed


class Clearance(Living, Base):
    """The vetting of the person of one case."""

    __tablename__ = "clearances"
    __table_args__ = (
        Index("ix_clearances_queue", "state", "due_on", "id"),
        Index("ix_clearances_clock", "clock_on", postgresql_where=text("clock_on is not null")),
    )
    workflow_name = "vetting"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    conditions: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    valid_until: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    detail_sealed: Mapped[bytes | None]

    detail = Sealed()
    checks: Mapped[list[VettingCheck]] = relationship(order_by="VettingCheck.id", back_populates="clearance")


class VettingCheck(Living, Base):
    """One check of one kind (local records, PNC, PND, conflict of interest)."""

    __tablename__ = "vetting_checks"
    __table_args__ = (
        UniqueConstraint("clearance_id", "kind"),
        Index("ix_vetting_checks_clock", "clock_on", postgresql_where=text("clock_on is not null")),
    )
    workflow_name = "check"

    id: Mapped[int] = mapped_column(primary_key=True)
    clearance_id: Mapped[int] = mapped_column(ForeignKey("clearances.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    kind: Mapped[str]
    detail_sealed: Mapped[bytes | None]

    detail = Sealed()
    clearance: Mapped[Clearance] = relationship(back_populates="checks")


class Declaration(Base):
    """What the applicant declared for the checks. For vetting staff only; deleted with the vetting detail."""

    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    given_at: Mapped[datetime]
    other_names_sealed: Mapped[bytes | None]
    addresses_sealed: Mapped[bytes | None]
    convictions_sealed: Mapped[bytes | None]
    police_matters_sealed: Mapped[bytes | None]

    other_names = Sealed()
    addresses = Sealed()
    convictions = Sealed()
    police_matters = Sealed()
