"""Workers that are killed while they read a month: nothing of it is there, then all of it, once."""

from __future__ import annotations

import io
import random
import time

import pytest

from tests.faults.ground import Ground
from tests.releases.desk import HEADER

pytestmark = pytest.mark.faults

ROWS = 6000


def _month() -> bytes:
    rng = random.Random(7)
    rows = [
        f"Person search,2026-05-{rng.randrange(1, 29):02}T{rng.randrange(24):02}:{rng.randrange(60):02}:00+00:00,False,,"
        f"51.{rng.randrange(3000, 7000)},-0.{rng.randrange(1000, 5000)},Male,18-24,White - Irish,White,"
        "Misuse of Drugs Act 1971 (section 23),Controlled drugs,Arrest,,"
        for _ in range(ROWS)
    ]
    return "\n".join((HEADER, *rows, "")).encode()


def test_a_worker_killed_while_it_reads_a_month_leaves_nothing_and_another_reads_it_once(ground: Ground) -> None:
    from casework.extensions import db
    from casework.releases import importing
    from casework.roles import SYSTEM

    with ground.program():
        importing.upload(io.BytesIO(_month()), "may.csv", SYSTEM)
        db.session.commit()
        db.session.remove()
    ground.start("ticker")
    killed_at = []
    for _ in range(3):
        worker = ground.start("worker")
        before = ground.rows("select progress from releases")[0][0]
        # In the midst of it: progress is told as it comes.
        ground.until(lambda before=before: _progress(ground) != (before, "uploaded") and _progress(ground)[0] > 0)
        killed_at.append(_progress(ground))
        ground.kill(worker)
        if killed_at[-1][1] != "uploaded":
            break
        assert ground.rows("select count(*) from release_cube") == [(0,)]
        ground.run("update releases set progress = 0")
    assert killed_at[0][1] == "uploaded", "no kill hit anything"
    ground.start("worker")
    ground.drained(60)
    time.sleep(0.2)
    assert ground.rows("select state, rows, progress from releases") == [("validated", ROWS, 100)]
    assert ground.rows("select sum(n) from release_cube where area_id = 0 and group_id = 0") == [(ROWS,)]
    assert ground.rows("select action, count(*) from events where subject_kind = 'release' group by 1 order by 1") == [
        ("upload", 1),
        ("validate", 1),
    ]


def _progress(ground: Ground) -> tuple[int, str]:
    progress, state = ground.rows("select progress, state from releases")[0]
    return int(progress), str(state)
