"""What the pages keep: incidents, feedback on the service (apart from feedback on the police), and page counts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base


class Incident(Base):
    """Something that went wrong on a page, under the number that the visitor was shown. Holds no value of theirs."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int]
    page: Mapped[str]  # the rule that matched, never the address that was typed
    method: Mapped[str]
    error: Mapped[str] = mapped_column(default="")
    trace: Mapped[list[str]]
    account_id: Mapped[int | None]


class ServiceFeedback(Base):
    """What somebody thinks of this website. Says nothing about who they are."""

    __tablename__ = "service_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    page: Mapped[str]  # where they came from: a rule, never an address
    satisfied: Mapped[int]  # 5 very satisfied .. 1 very dissatisfied
    words: Mapped[str] = mapped_column(default="")


class PageCount(Base):
    """How often one browser that agreed to be counted saw a page on a day."""

    __tablename__ = "page_counts"
    __table_args__ = (UniqueConstraint("day", "page", "visitor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    page: Mapped[str]
    visitor: Mapped[bytes]  # a digest of the cookie's random id
    views: Mapped[int] = mapped_column(default=1)
