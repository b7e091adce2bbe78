"""Marks for what is published, its wordings and the residents: pages read them again only once they change.

Only adds. What happens to a release before readers have it (the reading of its file, signatures) changes no mark.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The columns that make a difference to readers, by table.
TABLES = {
    "releases": "is_current, released_at",
    "release_values": "dimension, wording",
    "populations": "source, name, year, area_id, \"group\", people",
}  # fmt: skip


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(sa.text("INSERT INTO marks VALUES (:name, gen_random_uuid())").bindparams(name=table))
        op.execute(
            f"CREATE TRIGGER mark_change AFTER INSERT OR UPDATE OF {columns} OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION mark_change()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER mark_change ON {table}")
        op.execute(sa.text("DELETE FROM marks WHERE name = :name").bindparams(name=table))
