"""An index of the newest cases of each area. Made while people go on writing; only adds."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for whoever writes, and nobody waits for it. What an attempt left behind goes first.
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_cases_newest")
        op.create_index(
            "ix_cases_newest", "cases", ["area_id", "kind", "id"], unique=False, postgresql_concurrently=True
        )
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_cases_newest", "cases", postgresql_concurrently=True)
