"""Feedback and complaints: encounters, cases of both kinds, allegations, exchanges, files, duties as a projection.

Only adds. Old code runs on the new schema: the one new column of an old table has a default. The database refuses a
complaint to be handled by one of its subjects, however somebody tries.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


TABLES = (
    "canned_texts",
    "complaint_terms",
    "encounters",
    "plans",
    "routing_rules",
    "saved_views",
    "case_links",
    "case_tags",
    "complaints",
    "contact_tries",
    "due_duties",
    "exchanges",
    "feedback",
    "learnings",
    "plan_items",
    "presences",
    "preservations",
    "triggers",
    "unsent",
    "allegations",
    "attachments",
    "referral_checks",
    "subjects",
)


def upgrade() -> None:
    tables()
    keep_apart()
    grant()


def tables() -> None:
    op.create_table(
        "canned_texts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column(
            "sorts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_texts")),
        sa.UniqueConstraint("key", name=op.f("uq_canned_texts_key")),
    )
    op.create_table(
        "complaint_terms",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_complaint_terms")),
    )
    op.create_table(
        "encounters",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("happened_at", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("borough_id", sa.BigInteger(), nullable=True),
        sa.Column("searched", sa.Boolean(), nullable=True),
        sa.Column("arrested", sa.Boolean(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("officers", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("witnesses", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("community", sa.Boolean(), nullable=False),
        sa.Column("panel", sa.String(), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english', what || ' ' || effect || ' ' || wish || ' ' || place || ' ' || officers || ' ' || vehicle || ' ' || receipt || ' ' || witnesses || ' ' || evidence)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["borough_id"], ["areas.id"], name=op.f("fk_encounters_borough_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounters")),
    )
    op.create_index(op.f("ix_encounters_happened_on"), "encounters", ["happened_on"], unique=False)
    op.create_index(op.f("ix_encounters_receipt"), "encounters", ["receipt"], unique=False)
    op.create_index("ix_encounters_words", "encounters", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "plans",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=True),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("canned", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_plans_account_id")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_plans_stream_id")),
        sa.ForeignKeyConstraint(["to_account_id"], ["accounts.id"], name=op.f("fk_plans_to_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("stream_id", name=op.f("uq_plans_stream_id")),
    )
    op.create_index("ix_plans_account", "plans", ["account_id", "id"], unique=False)
    op.create_index("ix_plans_state", "plans", ["state", "id"], unique=False)
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=True),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_routing_rules_area_id")),
        sa.ForeignKeyConstraint(["to_account_id"], ["accounts.id"], name=op.f("fk_routing_rules_to_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_index(op.f("ix_routing_rules_place"), "routing_rules", ["place"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "filters", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_saved_views_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_views_account_id_name")),
    )
    op.create_index(op.f("ix_saved_views_area_id"), "saved_views", ["area_id"], unique=False)
    op.create_table(
        "case_links",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_links_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_links")),
        sa.UniqueConstraint("case_id", "other_id", "kind", name=op.f("uq_case_links_case_id_other_id_kind")),
    )
    op.create_index(op.f("ix_case_links_other_id"), "case_links", ["other_id"], unique=False)
    op.create_table(
        "case_tags",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tags_case_id")),
        sa.PrimaryKeyConstraint("case_id", "tag", name=op.f("pk_case_tags")),
    )
    op.create_index(op.f("ix_case_tags_tag"), "case_tags", ["tag"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("encounter_id", sa.BigInteger(), nullable=False),
        sa.Column("came_from_id", sa.BigInteger(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("logged_on", sa.Date(), nullable=True),
        sa.Column("contacted_on", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("recorded_reason", sa.String(), nullable=False),
        sa.Column("asked_to_record", sa.Boolean(), nullable=False),
        sa.Column("criteria_met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("referral_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prejudicial", sa.Boolean(), nullable=False),
        sa.Column("special_procedures", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("review_body", sa.String(), nullable=False),
        sa.Column(
            "review_answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("review_open_until", sa.Date(), nullable=True),
        sa.Column("misdirected_days", sa.BigInteger(), nullable=False),
        sa.Column("finalised_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_from", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["came_from_id"], ["cases.id"], name=op.f("fk_complaints_came_from_id")),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name=op.f("fk_complaints_encounter_id")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_complaints_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["cases.id"], name=op.f("fk_complaints_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_came_from_id"), "complaints", ["came_from_id"], unique=False)
    op.create_index(op.f("ix_complaints_encounter_id"), "complaints", ["encounter_id"], unique=False)
    op.create_index(op.f("ix_complaints_merged_into_id"), "complaints", ["merged_into_id"], unique=False)
    op.create_table(
        "contact_tries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contact_tries_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_tries")),
    )
    op.create_index("ix_contact_tries_case", "contact_tries", ["case_id", "id"], unique=False)
    op.create_table(
        "due_duties",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_due_duties_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_duties")),
    )
    op.create_index("ix_due_duties_case", "due_duties", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_due_duties_open",
        "due_duties",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("met_on is null and ended_on is null"),
    )
    op.create_table(
        "exchanges",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("canned", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.BigInteger(), nullable=True),
        sa.Column("event_number", sa.BigInteger(), nullable=True),
        sa.Column(
            "searched",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('english', words)", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_exchanges_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
    )
    op.create_index("ix_exchanges_case", "exchanges", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_exchanges_unread",
        "exchanges",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("account_id is null and seen_at is null"),
    )
    op.create_index("ix_exchanges_words", "exchanges", ["searched"], unique=False, postgresql_using="gin")
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("encounter_id", sa.BigInteger(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("meets", sa.Boolean(), nullable=True),
        sa.Column("offered_on", sa.Date(), nullable=True),
        sa.Column("complaint_answer", sa.String(), nullable=False),
        sa.Column("redirected_to", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("became_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["became_id"], ["cases.id"], name=op.f("fk_feedback_became_id")),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name=op.f("fk_feedback_encounter_id")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_feedback_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["cases.id"], name=op.f("fk_feedback_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_became_id"), "feedback", ["became_id"], unique=False)
    op.create_index(op.f("ix_feedback_encounter_id"), "feedback", ["encounter_id"], unique=False)
    op.create_index(op.f("ix_feedback_merged_into_id"), "feedback", ["merged_into_id"], unique=False)
    op.create_table(
        "learnings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_learnings_area_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_learnings_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnings")),
    )
    op.create_index(op.f("ix_learnings_case_id"), "learnings", ["case_id"], unique=False)
    op.create_index("ix_learnings_published", "learnings", ["published", "by_on"], unique=False)
    op.create_table(
        "plan_items",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plan_items_case_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_items_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_items")),
        sa.UniqueConstraint("plan_id", "case_id", name=op.f("uq_plan_items_plan_id_case_id")),
    )
    op.create_index(op.f("ix_plan_items_case_id"), "plan_items", ["case_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_presences_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_presences_case_id")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_presences")),
    )
    op.create_index(op.f("ix_presences_seen_at"), "presences", ["seen_at"], unique=False)
    op.create_table(
        "preservations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_preservations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preservations")),
        sa.UniqueConstraint("case_id", name=op.f("uq_preservations_case_id")),
    )
    op.create_index("ix_preservations_open", "preservations", ["last_on"], unique=False, postgresql_where="result = ''")
    op.create_table(
        "triggers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_triggers_area_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_triggers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triggers")),
    )
    op.create_index(op.f("ix_triggers_area_id"), "triggers", ["area_id"], unique=False)
    op.create_index("uq_triggers", "triggers", ["case_id", "why"], unique=True)
    op.create_table(
        "unsent",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_unsent_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_unsent_case_id")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_unsent")),
    )
    op.create_table(
        "allegations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("result_words", sa.String(), nullable=False),
        sa.Column("resulted_on", sa.Date(), nullable=True),
        sa.Column(
            "actions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "factors", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaints.id"], name=op.f("fk_allegations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allegations")),
    )
    op.create_index(op.f("ix_allegations_category"), "allegations", ["category"], unique=False)
    op.create_index("uq_allegations_number", "allegations", ["case_id", "number"], unique=True)
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("exchange_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_attachments_draft_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name=op.f("fk_attachments_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("stored", name=op.f("uq_attachments_stored")),
    )
    op.create_index("ix_attachments_case", "attachments", ["case_id", "id"], unique=False)
    op.create_index("ix_attachments_draft", "attachments", ["draft_id"], unique=False)
    op.create_index(
        "ix_attachments_waiting", "attachments", ["id"], unique=False, postgresql_where=sa.text("verdict = 'waiting'")
    )
    op.create_table(
        "referral_checks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("allegation_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("covers", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["allegation_id"], ["allegations.id"], name=op.f("fk_referral_checks_allegation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["complaints.id"], name=op.f("fk_referral_checks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_checks")),
    )
    op.create_index("ix_referral_checks_case", "referral_checks", ["case_id", "id"], unique=False)
    op.create_table(
        "subjects",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("allegation_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_subjects_account_id")),
        sa.ForeignKeyConstraint(["allegation_id"], ["allegations.id"], name=op.f("fk_subjects_allegation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["complaints.id"], name=op.f("fk_subjects_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    op.create_index(op.f("ix_subjects_account_id"), "subjects", ["account_id"], unique=False)
    op.create_index(op.f("ix_subjects_allegation_id"), "subjects", ["allegation_id"], unique=False)
    op.create_index("ix_subjects_case", "subjects", ["case_id"], unique=False)
    op.create_index(
        "ix_notes_words",
        "notes",
        [sa.literal_column("to_tsvector('english', words)")],
        unique=False,
        postgresql_using="gin",
    )
    op.add_column("parties", sa.Column("acts", sa.Boolean(), nullable=False, server_default=sa.true()))


def keep_apart() -> None:
    """Nobody handles a complaint about themselves: not by being given it, and not by being named later."""
    op.execute(
        """
        CREATE FUNCTION refuse_subject_as_handler() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.assigned_to IS NOT NULL AND NEW.kind = 'complaint' AND EXISTS (
                SELECT 1 FROM subjects WHERE case_id = NEW.id AND account_id = NEW.assigned_to
            ) THEN
                RAISE EXCEPTION 'nobody handles a complaint about themselves' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_apart BEFORE INSERT OR UPDATE OF assigned_to ON cases "
        "FOR EACH ROW EXECUTE FUNCTION refuse_subject_as_handler()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_handler_as_subject() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- locked, so that it is not given to this very person meanwhile
            PERFORM 1 FROM cases WHERE id = NEW.case_id FOR UPDATE;
            IF NEW.account_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM cases WHERE id = NEW.case_id AND assigned_to = NEW.account_id
            ) THEN
                RAISE EXCEPTION 'this person handles the complaint' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_apart BEFORE INSERT OR UPDATE OF account_id ON subjects "
        "FOR EACH ROW EXECUTE FUNCTION refuse_handler_as_subject()"
    )


def grant() -> None:
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What people wrote is not thrown away by a migration: restore a backup instead.")
