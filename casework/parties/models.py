"""Parties and changes of their contact details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.extensions import Base
from casework.sealed import Sealed

FORMAT_WANTED = "adjustments -> 'contact_needs' ?| array['braille', 'audio', 'easy-read', 'bsl', 'interpreter']"


class Party(Base):
    """Somebody in a case, with a part (applicant, guardian, complainant, representative, witness).

    Name and e-mail are searchable by staff of the area; the rest is sealed. The link and the code are derived, never
    stored: only digests to look them up by.
    """

    __tablename__ = "parties"
    __table_args__ = (
        Index("ix_parties_name", "name_folded", postgresql_using="gin", postgresql_ops={"name_folded": "gin_trgm_ops"}),
        # Who asked for a format that a person has to make: `casework.parties.needs.FORMATS`.
        Index("ix_parties_formats", "case_id", postgresql_where=text(FORMAT_WANTED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Deferred: the people are there before the transition that opens the case tells them.
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), index=True)
    part: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str]
    email: Mapped[str | None]
    channel: Mapped[str] = mapped_column(default="email")
    voicemail: Mapped[bool] = mapped_column(default=False)
    safe_times: Mapped[str] = mapped_column(default="")
    adjustments: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    born_on_text_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    postcode_sealed: Mapped[bytes | None]
    generation: Mapped[int] = mapped_column(default=1)
    code_generation: Mapped[int] = mapped_column(default=1)
    link_digest: Mapped[bytes | None] = mapped_column(unique=True)
    code_digest: Mapped[bytes | None] = mapped_column(unique=True)
    # Of the code on letters that were printed and are not known to be posted: it opens the case beside the one before.
    next_code_digest: Mapped[bytes | None] = mapped_column(unique=True)
    email_digest: Mapped[bytes | None] = mapped_column(index=True)
    person_digest: Mapped[bytes | None] = mapped_column(index=True)
    # Whether this person may be told of the case and act in it: who acts for another may, once that is agreed.
    acts: Mapped[bool] = mapped_column(default=True)
    bounced_at: Mapped[datetime | None]
    post_returned_at: Mapped[datetime | None]  # a letter came back; gone once there is another address, or it is good
    erased_at: Mapped[datetime | None]

    born_on_text = Sealed()
    phone = Sealed()
    address = Sealed()
    postcode = Sealed()


class ContactChange(Base):
    """A change of e-mail address: the new address confirms it, the old one is told and may object."""

    __tablename__ = "contact_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    at: Mapped[datetime]
    old_email: Mapped[str | None]
    new_email: Mapped[str]
    confirm_digest: Mapped[bytes | None] = mapped_column(unique=True)
    object_digest: Mapped[bytes | None] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]
    by_staff: Mapped[int | None]


class Match(Base):
    """Two cases proposed as the same person; a member of staff says yes or no."""

    __tablename__ = "matches"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    why: Mapped[str]
    confirmed: Mapped[bool | None]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
