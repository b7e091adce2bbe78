"""Accounts of staff, their grants, single-use tokens, and the throttle rows that protect secrets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.areas.models import Area
from casework.extensions import Base
from casework.sealed import Sealed


class Account(Base):
    """A member of staff. `email` is stored lower case. No account ever acts outside its grants."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    totp_secret_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int | None]
    totp_confirmed_at: Mapped[datetime | None]
    stream_id: Mapped[int] = mapped_column(ForeignKey("streams.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    team: Mapped[str] = mapped_column(default="")

    totp_secret = Sealed()
    grants: Mapped[list[Grant]] = relationship(back_populates="account", foreign_keys="Grant.account_id")

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return str(self.id)


class Grant(Base):
    """A role in an area, from a day to a day. Cover for absence is a grant with an end."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_role_area", "role", "area_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str]
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    covers_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])
    area: Mapped[Area] = relationship()

    def holds_on(self, day: date) -> bool:
        """Whether the grant is in force on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class RecoveryCode(Base):
    """A code for one sign-in without the second factor. Stored as a keyed digest, used once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class Token(Base):
    """A single-use link: an invitation (48 hours) or a reset (1 hour)."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]
    digest: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Browser(Base):
    """A browser that an account has signed in with, by a digest of what it calls itself: never an address."""

    __tablename__ = "browsers"
    __table_args__ = (UniqueConstraint("account_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    digest: Mapped[bytes]
    first_at: Mapped[datetime]


class HeldForm(Base):
    """A staff form that outlived its session, sealed, until its author has signed in again. Gone after a day."""

    __tablename__ = "held_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    path: Mapped[str]
    fields_sealed: Mapped[bytes | None]

    fields = Sealed()


class Attempt(Base):
    """A try at something that protects a secret. Rows, not Redis: a wiped cache must not help an attacker."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key", "kind", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[bytes]
    at: Mapped[datetime]


class Session(Base):
    """A session of staff or of the public. The cookie holds 256 random bits, the row only their digest."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
