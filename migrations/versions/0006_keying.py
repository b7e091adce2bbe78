"""Keying: who keys which round of an item, which fields are keyed again, and sums of what was right.

Nobody keys an item in two rounds: one account has one keying of an item. A round may pass on to somebody else when a
lease runs out, and is ended once. Only adds, and gives up that a round has one keying; no code on the old schema keyed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_post_keyings_item_id_round", "post_keyings", type_="unique")
    op.create_unique_constraint("uq_post_keyings_item_id_account_id", "post_keyings", ["item_id", "account_id"])
    op.create_index(
        "uq_post_keyings_done",
        "post_keyings",
        ["item_id", "round"],
        unique=True,
        postgresql_where=sa.text("done_at is not null"),
    )
    op.create_index(
        "ix_post_keyings_done", "post_keyings", ["done_at", "id"], postgresql_where=sa.text("done_at is not null")
    )
    op.add_column("post_keyed_fields", sa.Column("share", sa.Float(), nullable=True))
    op.add_column(
        "post_keyed_fields", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("post_field_checks", sa.Column("share", sa.Float(), nullable=True))
    op.create_table(
        "post_field_sums",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            for name in ("keyed", "unchecked", "checked", "wrong")
        ),
        *(
            sa.Column(name, sa.Float(), nullable=False, server_default="0")
            for name in ("weight", "weight_wrong", "weight_squares")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_post_field_sums_account_id")),
        sa.PrimaryKeyConstraint("account_id", "name", "month", name=op.f("pk_post_field_sums")),
    )
    op.create_index("ix_post_field_sums_month", "post_field_sums", ["month"])
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON post_field_sums TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What people wrote is not thrown away by a migration: restore a backup instead.")
