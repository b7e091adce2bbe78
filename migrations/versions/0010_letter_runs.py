"""Letters bear the day on which they are posted; print runs; messages in other formats. Only adds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("letter_runs", "run_letters", "format_tasks")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("printed_for", sa.Date(), nullable=True))
    op.add_column("outbox", sa.Column("prints", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    runs()
    letters()
    formats()
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def runs() -> None:
    op.create_table(
        "letter_runs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("prints", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("post_class", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_letter_runs_made_by")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_letter_runs_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_runs")),
        sa.UniqueConstraint("stream_id", name=op.f("uq_letter_runs_stream_id")),
    )
    live = sa.text("state not in ('posted', 'abandoned')")
    op.create_index("ix_letter_runs_live", "letter_runs", ["id"], unique=False, postgresql_where=live)
    op.create_index(
        "ix_letter_runs_stored", "letter_runs", ["stored"], unique=False, postgresql_where=sa.text("stored <> ''")
    )


def letters() -> None:
    op.create_table(
        "run_letters",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("owed_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["owed_id"], ["outbox.id"], name=op.f("fk_run_letters_owed_id")),
        sa.ForeignKeyConstraint(["run_id"], ["letter_runs.id"], name=op.f("fk_run_letters_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_letters")),
        sa.UniqueConstraint("run_id", "owed_id", name=op.f("uq_run_letters_run_id_owed_id")),
    )
    op.create_index("uq_run_letters_live", "run_letters", ["owed_id"], unique=True, postgresql_where=sa.text("live"))
    op.create_index(op.f("ix_run_letters_owed_id"), "run_letters", ["owed_id"], unique=False)


def formats() -> None:
    op.create_table(
        "format_tasks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owed_id", sa.BigInteger(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["accounts.id"], name=op.f("fk_format_tasks_done_by")),
        sa.ForeignKeyConstraint(["owed_id"], ["outbox.id"], name=op.f("fk_format_tasks_owed_id")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_format_tasks_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_format_tasks")),
        sa.UniqueConstraint("owed_id", "format", name=op.f("uq_format_tasks_owed_id_format")),
    )
    op.create_index(
        "ix_format_tasks_open",
        "format_tasks",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("done_on is null"),
    )
    op.create_index(op.f("ix_format_tasks_stream_id"), "format_tasks", ["stream_id"], unique=False)
    # Few people: the table is locked for a moment.
    wanted = "adjustments -> 'contact_needs' ?| array['braille', 'audio', 'easy-read', 'bsl', 'interpreter']"
    op.create_index("ix_parties_formats", "parties", ["case_id"], unique=False, postgresql_where=sa.text(wanted))


def downgrade() -> None:
    raise RuntimeError("Restore a backup instead.")
