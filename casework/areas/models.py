"""Areas as dated rows: a force, its basic command units (BCU), their boroughs; and how many people live in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.extensions import Base


class Area(Base):
    """A force, a BCU or a borough, from a day to a day."""

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # force, bcu, borough
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    # Where it lies on a map of tiles, and what stands on its tile; without, it is not on the map.
    tile_row: Mapped[int | None]
    tile_column: Mapped[int | None]
    short: Mapped[str | None]

    parent: Mapped[Area | None] = relationship(remote_side=[id])


class Population(Base):
    """How many residents of an ethnic group an area has, as a source counted or estimated them. Deleted when its source
    is loaded again. Published statistics, about nobody."""

    __tablename__ = "populations"
    __table_args__ = (UniqueConstraint("source", "area_id", "group"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]  # a slug: census-2021
    name: Mapped[str]  # the source as readers know it
    year: Mapped[int]
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), index=True)
    group: Mapped[str]  # all, white, mixed, asian, black, other
    people: Mapped[int]


class Boundaries(Base):
    """A set of boundaries that the operator loaded. The newest is used; figures that older ones made point to those."""

    __tablename__ = "boundaries"

    id: Mapped[int] = mapped_column(primary_key=True)
    loaded_at: Mapped[datetime]
    file_name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)


class Shape(Base):
    """The outline of an area in one set of boundaries, as WKB in degrees of longitude and latitude."""

    __tablename__ = "boundary_shapes"

    boundaries_id: Mapped[int] = mapped_column(ForeignKey("boundaries.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True)
    outline: Mapped[bytes]
