"""What reviews recommended, and written delegations of powers. Only adds: both tables may stay empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("recommendations", "delegations")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "recommendations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("learning_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["complaints.id"], name=op.f("fk_recommendations_case_id")),
        sa.ForeignKeyConstraint(["learning_id"], ["learnings.id"], name=op.f("fk_recommendations_learning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendations")),
    )
    op.create_index("ix_recommendations_case", "recommendations", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_recommendations_learning_id"), "recommendations", ["learning_id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("power", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("noted_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_delegations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_account", "delegations", ["account_id", "power"], unique=False)
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("Restore a backup instead.")
