"""The marks of tables that change seldom."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base


class Mark(Base):
    """The mark of a table as it stands. Only the trigger `mark_change` writes it."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(UUID(as_uuid=False))
