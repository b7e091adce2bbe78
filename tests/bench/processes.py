"""What processes cost: CPU time from /proc/PID/stat with all that they started, memory in their share (PSS)."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all that came from it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def cpu(pids: list[int]) -> float:
    """Seconds that these trees have used, those that have ended and were waited for included."""
    total = 0
    for pid in pids:
        for each in tree(pid):
            try:
                fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            # utime, stime, and the same of children that were waited for
            total += sum(int(field) for field in fields[11:15])
    return total / TICK


def memory(pids: list[int]) -> float:
    """Megabytes, each page counted by the share of these trees in it."""
    total = 0
    for pid in pids:
        for each in tree(pid):
            try:
                text = Path(f"/proc/{each}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024
