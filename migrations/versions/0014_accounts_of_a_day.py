"""An index of encounters by day and borough, in place of the one by day. Made while people go on writing."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for whoever writes, and nobody waits for it. What an attempt left behind goes first.
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_encounters_day")
        op.create_index(
            "ix_encounters_day",
            "encounters",
            ["happened_on", "borough_id", "id"],
            unique=False,
            postgresql_concurrently=True,
        )
        # the new one does its work, for the code before as well
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_encounters_happened_on")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_encounters_happened_on", "encounters", ["happened_on"], unique=False, postgresql_concurrently=True
        )
        op.drop_index("ix_encounters_day", "encounters", postgresql_concurrently=True)
