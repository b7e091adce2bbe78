"""Areas as dated rows: a force, its basic command units (BCU), their boroughs."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.extensions import Base


class Area(Base):
    """A force, a BCU or a borough, from a day to a day."""

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # force, bcu, borough
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    parent: Mapped[Area | None] = relationship(remote_side=[id])
