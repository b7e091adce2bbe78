"""The table: each figure beside the aim of the issue and whether it is met."""

from __future__ import annotations

from statistics import median

from tests.bench.mail import MailFigures
from tests.bench.measures import Results
from tests.bench.scans import ScanFigures

# CPU per action in milliseconds, application and database together, on 2 cores.
AIMS = {
    "queue, first page": 10,
    "queue, middle": 10,
    "queue, filtered": 10,
    "queue of triage, first page": 10,
    "queue of triage, middle": 10,
    "queue of triage, filtered": 10,
    "case page": 11,
    "case page, 200 events": 25,
    "keying screen": 15,
    "/track/case": 5,
    "final submit": 10,
    "state change": 18,
    "stop and search, any choice": 25,
}
# What a page may be, in KB as it is transferred.
MAP = 300
# How many times as long the slowest of twenty may take among a hundred times as many cases; and how long at most, in ms.
GROWS = {name: 1.2 for name in AIMS if name.startswith("queue")} | {"search, rare word": 1.5}
SLOWEST = {"search, common word": 100}
MAILS, P50, P95, MEMORY = 200, 0.3, 1.0, 250
# How much larger worker and decoder may be while the last nine tenths of a batch are taken in than in the first, in MB.
GROWTH = 80


def actions(results: Results, sizes: list[int]) -> list[str]:
    """Rates, times and CPU of everything that was visited, with what an action costs in hellos."""
    lines = [f"{'':31}{'cases':>8}{'/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'of it db':>9}   aim"]
    for (name, size), found in results.items():
        aim, cpu = AIMS.get(name), found.cpu()
        said = f"{aim:>4} ms CPU  {met(cpu <= aim)}" if aim else ""
        lines.append(
            f"{name:31}{size or '':>8}{median(found.rate):8.0f}{median(found.p50):9.1f}{median(found.p95):9.1f}"
            f"{cpu:9.1f}{median(found.database):9.1f}   {said}"
        )
    small, large = sizes[0], sizes[-1]
    for name, times in GROWS.items():
        ratio = median(results[name, large].p95) / median(results[name, small].p95)
        lines.append(
            f"{name + ', p95 larger / smaller':56}{ratio:9.2f}             {times:4} times    {met(ratio <= times)}"
        )
    for name, most in SLOWEST.items():
        p95 = median(results[name, large].p95)
        lines.append(
            f"{name + f', p95 of {large} cases':56}{p95:9.1f}             {most:4} ms       {met(p95 <= most)}"
        )
    wrong = [f"{name} ({size}): {found.wrong[0]} and {len(found.wrong) - 1} more"
             for (name, size), found in results.items() if found.wrong]  # fmt: skip
    return lines + [f"WRONG  {line}" for line in wrong]


def mail(found: MailFigures, yardstick: float) -> list[str]:
    """Mail, bursts and memory."""
    share = found.rate / yardstick
    lines = [
        f"mails/s of one worker ({found.backlog} owed){found.rate:12.0f}   aim {MAILS}  {met(found.rate >= MAILS)}"
        f"   ({share:.2f} of the bare connection; {found.cpu:.1f} ms CPU each)",
        f"POST to mail p50 {found.p50:.2f} s  aim {P50} s  {met(found.p50 <= P50)};"
        f"  p95 {found.p95:.2f} s  aim {P95:g} s  {met(found.p95 <= P95)}",
    ]
    for name, count, people, repeats, seconds in found.bursts:
        good = people == count and repeats <= (1 if "kill" in name else 0)
        lines.append(
            f"{name} of {count}: {people} people got their mail, {repeats} repeats, {seconds:.1f} s until the last  {met(good)}"
        )
    together = found.memory["web"] + found.memory["worker"]
    each = ", ".join(f"{name} {size:.0f}" for name, size in found.memory.items())
    lines.append(f"memory (PSS, MB): {each}; web and worker {together:.0f}  aim {MEMORY}  {met(together <= MEMORY)}")
    return lines + [f"WRONG  {line}" for line in found.wrong[:5]]


def scans(found: ScanFigures) -> list[str]:
    """Pages a minute, CPU and memory of a batch of scans."""
    growth = found.most - max(found.early, found.before)
    return [
        f"scans: {found.rate:.0f} pages a minute by one worker, {found.cpu:.0f} ms CPU a page, {found.kept:.0f} kB kept of each"
        f" ({found.pages} pages, {found.items} envelopes)",
        f"memory (PSS, MB) of worker and decoder: {found.before:.0f} before, {found.early:.0f} while the first file was made,"
        f" {found.most:.0f} at most; growth {growth:.0f}  aim {GROWTH}  {met(growth <= GROWTH)}",
        *(f"WRONG  {line}" for line in found.wrong),
    ]


def met(good: bool) -> str:
    """In a word."""
    return "met" if good else "MISSED"
