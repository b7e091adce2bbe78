"""Tables made from our own cases, and packs for monitoring groups. Only adds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_tables",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_tables_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_tables")),
        sa.UniqueConstraint("release_id", name=op.f("uq_release_tables_release_id")),
    )
    op.create_table(
        "release_packs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_packs_release_id")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_release_packs_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_packs")),
        sa.UniqueConstraint("release_id", "area_id", name=op.f("uq_release_packs_release_id_area_id")),
    )
    op.create_index(op.f("ix_release_packs_stored"), "release_packs", ["stored"], unique=False)
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in ("release_tables", "release_packs"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What was published is not thrown away by a migration: restore a backup instead.")
