"""Areas have a place on a map of tiles, and residents. Only adds: the new columns may stay empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("areas", sa.Column("tile_row", sa.BigInteger(), nullable=True))
    op.add_column("areas", sa.Column("tile_column", sa.BigInteger(), nullable=True))
    op.add_column("areas", sa.Column("short", sa.String(), nullable=True))
    op.create_table(
        "populations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_populations_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_populations")),
        sa.UniqueConstraint("source", "area_id", "group", name=op.f("uq_populations_source_area_id_group")),
    )
    op.create_index(op.f("ix_populations_area_id"), "populations", ["area_id"], unique=False)
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON populations TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("Restore a backup instead.")
