"""Marks of tables that change seldom: with each change of such a table its mark becomes another.

Only adds. A table without a mark is read every time, as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("areas", "settings", "calendars", "holidays", "complaint_terms")


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mark", postgresql.UUID(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    op.execute(f"GRANT SELECT ON marks TO {quoted}")
    # As its owner: the application reads marks and cannot set them.
    op.execute(
        """
        CREATE FUNCTION mark_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            INSERT INTO public.marks (name, mark) VALUES (TG_TABLE_NAME, gen_random_uuid())
                ON CONFLICT (name) DO UPDATE SET mark = EXCLUDED.mark;
            RETURN NULL;
        END $$
        """
    )
    for table in TABLES:
        op.execute(sa.text("INSERT INTO marks VALUES (:name, gen_random_uuid())").bindparams(name=table))
        op.execute(
            f"CREATE TRIGGER mark_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION mark_change()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER mark_change ON {table}")
    op.execute("DROP FUNCTION mark_change()")
    op.drop_table("marks")
