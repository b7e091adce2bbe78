"""Does the parts of a long piece of work in processes of their own, each in one transaction: all commit, or none."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from casework.extensions import db


def run(work: Callable[[int], None], parts: int) -> None:
    """Call `work` with 0 to parts - 1 and commit. With one part here, else each in a copy of this process.

    Raises RuntimeError if one of them failed, and then nothing was committed. The session must be between transactions.
    """
    if parts == 1:
        work(0)
        db.session.commit()
        return
    sys.stdout.flush()
    sys.stderr.flush()
    go_read, go_write = os.pipe()
    children = []
    for number in range(parts):
        ready_read, ready_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(go_write)
            os.close(ready_read)
            _child(work, number, ready_write, go_read)
        os.close(ready_write)
        children.append((pid, ready_read))
    try:
        ready = [os.read(fd, 1) for _, fd in children]
        if all(ready):
            os.write(go_write, b"." * parts)
    finally:
        # without a word, whoever still waits ends without a commit
        os.close(go_write)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid, _ in children]
        for fd in (go_read, *(fd for _, fd in children)):
            os.close(fd)
    if any(codes):
        raise RuntimeError("a part of the work failed, see above; nothing of it was kept")


def _child(work: Callable[[int], None], number: int, ready: int, go: int) -> None:
    """Work on a connection of its own, say so, wait for the word, commit; never return."""
    code = 1
    try:
        db.engine.dispose(close=False)
        work(number)
        db.session.flush()
        os.write(ready, b".")
        if os.read(go, 1):
            db.session.commit()
            code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
