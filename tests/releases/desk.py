"""Files of stops, and what analysts and reviewers do with them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.releases import importing
from casework.releases.models import Release

HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
    "Officer-defined ethnicity,Legislation,Object of search,Outcome,Outcome linked to object of search,"
    "Removal of more than just outer clothing"
)
ROW = (
    "Person search,2026-05-{day:02}T{hour:02}:15:00+00:00,False,,51.5,-0.1,Male,18-24,White - Irish,White,"
    "Misuse of Drugs Act 1971 (section 23),Controlled drugs,Arrest,,"
)


def stops(shared: Path, month: str) -> Path:
    """One of the real months beside the project."""
    return shared / "stop-search" / f"{month}-metropolitan-stop-and-search.csv"


def small(count: int = 20) -> bytes:
    """A small month of its own, every row different."""
    rows = [ROW.format(day=1 + at % 28, hour=at // 28) for at in range(count)]
    return "\n".join((HEADER, *rows, "")).encode()


def imported(cast: Any, file: Path | bytes, name: str = "stops.csv") -> Release:
    """A file uploaded by an analyst and read."""
    content, name = (file.read_bytes(), file.name) if isinstance(file, Path) else (file, name)
    release = importing.upload(io.BytesIO(content), name, cast.analyst)
    importing.read_in(release)
    db.session.flush()
    return release


def released(cast: Any, file: Path | bytes, name: str = "stops.csv") -> Release:
    """The same, reviewed by a supervisor and out."""
    release = imported(cast, file, name)
    cases.perform(release, "review", cast.supervisor)
    cases.perform(release, "release", cast.analyst)
    return release
