"""Releases with their files, values and cube; boundaries of areas. Only adds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("boundaries", "boundary_shapes", "releases", "release_files", "release_values", "release_cube")


def upgrade() -> None:
    boundaries()
    releases()
    cube()
    grant()


def boundaries() -> None:
    op.create_table(
        "boundaries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_boundaries"),
        sa.UniqueConstraint("digest", name="uq_boundaries_digest"),
    )
    op.create_table(
        "boundary_shapes",
        sa.Column("boundaries_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("outline", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["boundaries_id"], ["boundaries.id"], name="fk_boundary_shapes_boundaries_id"),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_boundary_shapes_area_id"),
        sa.PrimaryKeyConstraint("boundaries_id", "area_id", name="pk_boundary_shapes"),
    )


def releases() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "releases",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("force", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", moment, nullable=False),
        sa.Column("scheduled_for", moment, nullable=True),
        sa.Column("released_at", moment, nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("rows_digest", sa.LargeBinary(), nullable=True),
        sa.Column("figures_digest", sa.LargeBinary(), nullable=True),
        sa.Column("boundaries_id", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("report", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", moment, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("clock_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["boundaries_id"], ["boundaries.id"], name="fk_releases_boundaries_id"),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name="fk_releases_stream_id"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name="fk_releases_uploaded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.UniqueConstraint("kind", "force", "month", "number", name="uq_releases_kind_force_month_number"),
    )
    op.create_index(
        "uq_releases_content",
        "releases",
        ["digest", sa.text("coalesce(boundaries_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_index(
        "uq_releases_current",
        "releases",
        ["kind", "force", "month"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_index(
        "ix_releases_scheduled_for",
        "releases",
        ["scheduled_for"],
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index("ix_releases_list", "releases", ["kind", "month", "number"])
    op.create_index(
        "ix_releases_released_at", "releases", ["released_at"], postgresql_where=sa.text("released_at is not null")
    )
    op.create_table(
        "release_files",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_release_files_release_id"),
        sa.PrimaryKeyConstraint("release_id", name="pk_release_files"),
    )
    # compressed already
    op.execute("ALTER TABLE release_files ALTER COLUMN content SET STORAGE EXTERNAL")


def cube() -> None:
    op.create_table(
        "release_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_values"),
        sa.UniqueConstraint("dimension", "wording", name="uq_release_values_dimension_wording"),
    )
    sums = [
        sa.Column(name, sa.Integer(), nullable=False)
        for name in ("n", "decided", "positive", "arrests", "told", "linked")
    ]
    op.create_table(
        "release_cube",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("section60", sa.Boolean(), nullable=False),
        *sums,
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_release_cube_release_id"),
        sa.PrimaryKeyConstraint("area_id", "group_id", "release_id", "month", "section60", name="pk_release_cube"),
    )
    op.create_index("ix_release_cube_release_id", "release_cube", ["release_id"])


def grant() -> None:
    role = context.config.attributes["application_role"]
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def downgrade() -> None:
    raise RuntimeError("What was published is not thrown away by a migration: restore a backup instead.")
