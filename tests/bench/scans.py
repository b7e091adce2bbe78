"""Scans by one worker: pages a minute, CPU a page, and that the memory for a batch of 1,000 pages stays bounded."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from PIL import Image

from casework import sealed
from casework.extensions import db
from casework.moments import today
from casework.post import intake, service
from casework.post.models import Batch
from casework.printing import codes
from casework.roles import Actor, Role
from tests.bench import processes
from tests.bench.ground import Site
from tests.post import letters, scans

PATIENCE = 1800.0
# A separator every so many pages; so many pages to a file.
ENVELOPE, FILE = 4, 200


@dataclass
class ScanFigures:
    """What taking in a batch gave: memory in megabytes, of worker and decoder together."""

    pages: int = 0
    rate: float = 0.0  # pages a minute
    cpu: float = 0.0  # milliseconds a page: worker, decoder and database
    before: float = 0.0
    early: float = 0.0  # the most while the first file was made: one file is held at a time
    most: float = 0.0
    items: int = 0
    kept: float = 0.0  # kilobytes a page in the store
    wrong: list[str] = field(default_factory=list)


def measure(site: Site, pages: int) -> ScanFigures:
    """Take in a batch of so many pages, of which every fourth is a separator, with one worker and a ticker."""
    figures = ScanFigures(pages=pages)
    batch_id = _batch(site, pages)
    worker = site.start("worker")
    started = time.monotonic()
    # Nothing is taken in before the ticker asks for it: the memory before is that of an idle worker.
    _add(site, batch_id, pages)
    figures.before = processes.memory([worker.pid])
    ticker = site.start("ticker")
    postgres = site.ground.postgres_pid
    begun, spent = time.monotonic(), processes.cpu([worker.pid, postgres])
    made = 0
    while made < pages and time.monotonic() - started < PATIENCE:
        time.sleep(0.2)
        now = processes.memory([worker.pid])
        figures.most = max(figures.most, now)
        made = int(site.rows("select count(*) from post_pages")[0][0])
        if made <= min(FILE, pages // 2):
            figures.early = max(figures.early, now)
    _until(lambda: site.rows("select count(*) from post_scans where state = 'waiting'")[0][0] == 0)
    seconds = time.monotonic() - begun
    figures.rate = made * 60 / seconds
    figures.cpu = (processes.cpu([worker.pid, postgres]) - spent) * 1000 / max(1, made)
    for process in (worker, ticker):
        site.ground.kill(process)
    _look(site, batch_id, figures)
    return figures


def _look(site: Site, batch_id: int, figures: ScanFigures) -> None:
    """Every page once, every envelope its pages."""
    figures.items = int(site.rows(f"select count(distinct item_id) from post_pages where batch_id = {batch_id}")[0][0])
    twice = site.rows("select scan_id, number from post_pages group by 1, 2 having count(*) > 1")
    refused = site.rows("select why from post_scans where state <> 'done'")
    if twice or refused:
        figures.wrong.append(f"{len(twice)} pages twice, {len(refused)} scans not taken in")
    if figures.items != figures.pages // ENVELOPE:
        figures.wrong.append(f"{figures.items} items for {figures.pages // ENVELOPE} envelopes")
    names = [name for (name,) in site.rows("select stored from post_pages")]
    sizes = [(site.ground.folder / "files" / name[:2] / name).stat().st_size for name in names]
    figures.kept = sum(sizes) / max(1, len(sizes)) / 1000


def _batch(site: Site, pages: int) -> int:
    with site.app.app_context():
        actor = Actor(Role.CLERK, account_id=site.rows("select min(id) from accounts")[0][0])
        batch = service.open_batch(
            actor, tray="bench", arrived_on=today() - timedelta(days=1), envelopes=pages // ENVELOPE
        )
        db.session.commit()
        return int(batch.id)


def _add(site: Site, batch_id: int, pages: int) -> None:
    """Files as a scanner makes them, of worn pages; a few drawings are enough, each file is another one."""
    with site.app.app_context():
        fence = codes.write(codes.SeparatorCode(), sealed.key_for(codes.PURPOSE))
        for first in range(0, pages, FILE):
            drawn = [_page(first + number, fence) for number in range(ENVELOPE * 5)]
            some = [drawn[number % len(drawn)] for number in range(min(FILE, pages - first))]
            content = scans.saved(some, "PDF", 200)
            intake.add(db.session.get_one(Batch, batch_id), f"{first:06}.pdf", io.BytesIO(content))
            db.session.commit()


def _page(number: int, fence: str) -> Image.Image:
    random, page = Random(number), letters.sheet()
    if number % ENVELOPE == 0:
        letters.code(page, fence, 30, 30)
    else:
        for line in range(12):
            letters.write(page, letters.sentence(random), 25, 40 + 12 * line, random)
    return letters.scanned(page, random)[0]


def _until(done: Callable[[], bool], patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)
