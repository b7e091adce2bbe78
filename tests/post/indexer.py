"""A clerk in a process of their own, who takes letter after letter until they are stopped: `python -m tests.post.indexer`."""

from __future__ import annotations

import os
import sys

import config
from casework import create_app


def main(account_id: int, batch_id: int) -> None:
    """Index what is left of a batch, one letter after the other, each in a transaction of its own."""
    app = create_app(config.load(dict(os.environ)))
    with app.app_context():
        from casework.extensions import db
        from casework.post import indexing, leases
        from casework.post.indexing import Indexed
        from casework.post.models import Item
        from casework.roles import Actor, Role

        clerk = Actor(Role.CLERK, account_id)
        print("begun", flush=True)
        while True:
            found = leases.take_next(account_id, Item.batch_id == batch_id, Item.state == "opened")
            db.session.commit()
            if found is None:
                return
            token = leases.take(found, account_id)
            db.session.commit()
            item = leases.held(found, account_id, token)
            kind = ("feedback", "complaint", "ride")[item.number % 3]
            indexing.open_case(item, Indexed(kind, f"Sender {item.number}", "4 Mill Lane"), clerk)
            db.session.commit()
            print(item.number, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
