"""The post room: batches, items, scans, pages, keyings.

Only adds. The database keeps the day's sum: a batch is not closed unless it has an item for every envelope, and no
envelope is added to or struck out of a closed one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "post_batches",
    "post_items",
    "post_scans",
    "post_field_checks",
    "post_keyings",
    "post_pages",
    "post_keyed_fields",
)


def upgrade() -> None:
    tables()
    keep_the_sum()
    grant()


def tables() -> None:
    op.create_table(
        "post_batches",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("tray", sa.String(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("envelopes", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("envelopes >= 0", name=op.f("ck_post_batches_envelopes")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_post_batches_area_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name=op.f("fk_post_batches_opened_by")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_post_batches_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_batches")),
        sa.UniqueConstraint("number", name=op.f("uq_post_batches_number")),
        sa.UniqueConstraint("stream_id", name=op.f("uq_post_batches_stream_id")),
    )
    op.create_index("ix_post_batches_state", "post_batches", ["state", "arrived_on", "id"], unique=False)
    op.create_table(
        "post_items",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("owed_id", sa.BigInteger(), nullable=True),
        sa.Column("exception", sa.String(), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lease_account", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["post_batches.id"], name=op.f("fk_post_items_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_post_items_case_id")),
        sa.ForeignKeyConstraint(["lease_account"], ["accounts.id"], name=op.f("fk_post_items_lease_account")),
        sa.ForeignKeyConstraint(["owed_id"], ["outbox.id"], name=op.f("fk_post_items_owed_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["post_items.id"], name=op.f("fk_post_items_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_items")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_post_items_batch_id_number")),
    )
    op.create_index("ix_post_items_case", "post_items", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_post_items_clock",
        "post_items",
        ["clock_on"],
        unique=False,
        postgresql_where=sa.text("clock_on is not null"),
    )
    op.create_index(
        "ix_post_items_exception",
        "post_items",
        ["exception", "id"],
        unique=False,
        postgresql_where=sa.text("exception <> ''"),
    )
    op.create_index(
        "ix_post_items_owed", "post_items", ["owed_id"], unique=False, postgresql_where=sa.text("owed_id is not null")
    )
    op.create_index(
        "ix_post_items_paper",
        "post_items",
        ["paper_due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.create_index(
        "ix_post_items_parent",
        "post_items",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "ix_post_items_queue",
        "post_items",
        ["state", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state not in ('forwarded', 'returned', 'destroyed', 'struck')"),
    )
    op.create_table(
        "post_scans",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("done_pages", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_post_scans_account_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["post_batches.id"], name=op.f("fk_post_scans_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_scans")),
        sa.UniqueConstraint("batch_id", "digest", name=op.f("uq_post_scans_batch_id_digest")),
    )
    op.create_index(op.f("ix_post_scans_stored"), "post_scans", ["stored"], unique=False)
    op.create_index(
        "ix_post_scans_work", "post_scans", ["id"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "post_field_checks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_post_field_checks_account_id")),
        sa.ForeignKeyConstraint(["item_id"], ["post_items.id"], name=op.f("fk_post_field_checks_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_field_checks")),
        sa.UniqueConstraint("item_id", "name", "account_id", name=op.f("uq_post_field_checks_item_id_name_account_id")),
    )
    op.create_index("ix_post_field_checks_account", "post_field_checks", ["account_id", "at", "id"], unique=False)
    op.create_index("ix_post_field_checks_name", "post_field_checks", ["name", "at"], unique=False)
    op.create_table(
        "post_keyings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_post_keyings_account_id")),
        sa.ForeignKeyConstraint(["item_id"], ["post_items.id"], name=op.f("fk_post_keyings_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_keyings")),
        sa.UniqueConstraint("item_id", "round", name=op.f("uq_post_keyings_item_id_round")),
    )
    op.create_index("ix_post_keyings_account", "post_keyings", ["account_id", "id"], unique=False)
    op.create_table(
        "post_pages",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("turned", sa.BigInteger(), nullable=False),
        sa.Column("blank", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["post_batches.id"], name=op.f("fk_post_pages_batch_id")),
        sa.ForeignKeyConstraint(["item_id"], ["post_items.id"], name=op.f("fk_post_pages_item_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["post_scans.id"], name=op.f("fk_post_pages_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_pages")),
        sa.UniqueConstraint("scan_id", "number", name=op.f("uq_post_pages_scan_id_number")),
    )
    op.create_index("ix_post_pages_batch", "post_pages", ["batch_id", "id"], unique=False)
    op.create_index("ix_post_pages_item", "post_pages", ["item_id", "place", "id"], unique=False)
    op.create_index(op.f("ix_post_pages_stored"), "post_pages", ["stored"], unique=False)
    op.create_table(
        "post_keyed_fields",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("keying_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("summarised", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keying_id"], ["post_keyings.id"], name=op.f("fk_post_keyed_fields_keying_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_keyed_fields")),
        sa.UniqueConstraint("keying_id", "name", name=op.f("uq_post_keyed_fields_keying_id_name")),
    )


def keep_the_sum() -> None:
    """The envelopes of a closed batch are as many as its items, whoever wrote them."""
    op.execute(
        """
        CREATE FUNCTION refuse_wrong_sum() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state = 'closed' AND NEW.envelopes <> (
                SELECT count(*) FROM post_items
                WHERE batch_id = NEW.id AND parent_id IS NULL AND state <> 'struck'
            ) THEN
                RAISE EXCEPTION 'the items of a closed batch are as many as its envelopes'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_the_sum BEFORE UPDATE OF state, envelopes ON post_batches "
        "FOR EACH ROW EXECUTE FUNCTION refuse_wrong_sum()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_late_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE batch_state text;
        BEGIN
            IF NEW.parent_id IS NOT NULL THEN
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' AND (OLD.state = 'struck') = (NEW.state = 'struck') THEN
                RETURN NEW;
            END IF;
            -- waits for whoever is just closing it
            SELECT state INTO batch_state FROM post_batches WHERE id = NEW.batch_id FOR SHARE;
            IF batch_state <> 'open' THEN
                RAISE EXCEPTION 'this batch is closed' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_the_sum BEFORE INSERT OR UPDATE OF state ON post_items "
        "FOR EACH ROW EXECUTE FUNCTION refuse_late_envelope()"
    )


def grant() -> None:
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What people wrote is not thrown away by a migration: restore a backup instead.")
