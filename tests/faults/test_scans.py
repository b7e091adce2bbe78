"""Workers killed while they take scans in: no page is lost, none is there twice, no item gets another's pages."""

from __future__ import annotations

import io
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ground import Ground
from tests.post import letters, scans

pytestmark = pytest.mark.faults
SCANS, PAGES, KILLS = 4, 12, 8


def test_workers_killed_in_the_midst_of_scans_lose_no_page_and_make_none_twice(ground: Ground) -> None:
    batch_id = _batch(ground)
    chance = random.Random(8)
    ground.start("ticker")
    workers = [ground.start("worker") for _ in range(2)]
    for _ in range(KILLS):
        made = _made(ground)
        ground.until(lambda made=made: _made(ground) > made or _done(ground))
        time.sleep(chance.uniform(0, 0.3))
        ground.kill(workers.pop(0))
        workers.append(ground.start("worker"))
    ground.until(lambda: _done(ground), 120)
    _check(ground, batch_id)
    ground.end()
    ground.until(lambda: not _left_behind(), 30)


def _batch(ground: Ground) -> int:
    """A batch with several scans of several envelopes each, and one hostile scan in their midst."""
    from casework import sealed
    from casework.extensions import db
    from casework.moments import today
    from casework.post import intake, service
    from casework.printing import codes
    from tests import factories

    with ground.program():
        clerk = factories.Cast().clerk
        batch = service.open_batch(clerk, tray="A", arrived_on=today(), envelopes=SCANS * 3)
        fence = codes.write(codes.SeparatorCode(), sealed.key_for(codes.PURPOSE))
        for number in range(SCANS):
            content = scans.saved([_page(number, n, fence) for n in range(PAGES)], "TIFF", compression="tiff_lzw")
            intake.add(batch, f"scan{number}.tif", io.BytesIO(content))
        intake.add(batch, "bad.tif", io.BytesIO(content[: len(content) // 2]))
        batch_id = int(batch.id)
        db.session.commit()
    return batch_id


def _page(scan: int, number: int, fence: str) -> Any:
    """Every fourth page is a separator."""
    page = letters.sheet()
    if number % 4 == 0:
        letters.code(page, fence, 30, 30)
    else:
        letters.print_text(page, f"Scan {scan}, page {number}", 30, 60, 18)
    return page.convert("L")


def _made(ground: Ground) -> int:
    return int(ground.rows("select count(*) from post_pages")[0][0])


def _done(ground: Ground) -> bool:
    return ground.rows("select count(*) from post_scans where state = 'waiting'") == [(0,)]


def _check(ground: Ground, batch_id: int) -> None:
    from casework.exchanges import store

    states = dict(ground.rows("select name, state from post_scans"))
    assert states == {f"scan{n}.tif": "done" for n in range(SCANS)} | {"bad.tif": "refused"}, ground.last_words()
    pages = ground.rows("select s.name, p.number from post_pages p join post_scans s on s.id = p.scan_id")
    assert Counter(pages) == Counter((f"scan{n}.tif", page) for n in range(SCANS) for page in range(1, PAGES + 1))
    given = ground.rows(
        f"""select i.number, s.name, array_agg(p.number order by p.place) from post_items i
            join post_pages p on p.item_id = i.id join post_scans s on s.id = p.scan_id
            where i.batch_id = {batch_id} and p.removed_at is null group by i.number, s.name order by i.number"""
    )
    # Item by item in the order of the tray: three pages between two separators, scan after scan.
    assert given == [
        (scan * 3 + part + 1, f"scan{scan}.tif", [4 * part + n for n in (2, 3, 4)])
        for scan in range(SCANS)
        for part in range(3)
    ]
    scanned = ground.rows(
        "select subject_id, count(*) from events where subject_kind = 'item' and action = 'scan' group by 1"
    )
    assert len(scanned) == SCANS * 3 and {times for _, times in scanned} == {1}
    with ground.program():
        kept = {name for (name,) in ground.rows("select stored from post_pages")}
        assert all(len(b"".join(store.get(name))) > 1000 for name in kept)
        left_over = set(store.names()) - kept - {name for (name,) in ground.rows("select stored from post_scans")}
        assert len(left_over) <= KILLS + 1, "at most the page in each killed worker's hands, which the night forgets"


def _left_behind() -> list[str]:
    """Processes that decode a scan, and whose worker is gone."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            decodes = b"casework.post.rendering" in (path / "cmdline").read_bytes()
            parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if decodes and parent == "1":
            found.append(path.name)
    return found
