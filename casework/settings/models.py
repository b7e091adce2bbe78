"""Settings as rows, versioned: the newest row of a key whose day has come is the one in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base


class Setting(Base):
    """One value of one key, from a moment on."""

    __tablename__ = "settings"
    __table_args__ = (Index("ix_settings_key", "key", "from_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    from_at: Mapped[datetime]
    set_by: Mapped[int | None]
    why: Mapped[str] = mapped_column(default="")


class Holiday(Base):
    """A day of a named calendar on which offices are closed."""

    __tablename__ = "holidays"

    calendar: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]


class CalendarVersion(Base):
    """A calendar as it was loaded: from when to when its holidays are known."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    known_until: Mapped[date]
    loaded_at: Mapped[datetime]
