"""What the paper says where staff had written something else. Only adds a nullable column."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post_items", sa.Column("conflicts_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("What people wrote is not thrown away by a migration: restore a backup instead.")
