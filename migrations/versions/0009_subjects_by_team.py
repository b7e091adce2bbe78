"""Find by their team whom complaints are about: every page of the desk asks which cases are hidden. Only adds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_subjects_team", "subjects", [sa.text("lower(btrim(team))")], unique=False)


def downgrade() -> None:
    raise RuntimeError("Restore a backup instead.")
