"""From an owed message to an e-mail: whom it is for, what it says, how it is written. Only workers send it.

`render` raises `NotWanted` where nobody wants the message any more, and `CannotReach` where there is nowhere to send
it. Nothing here writes to the database, but `told`, which is called once a message has gone out.
"""

from casework.emails.paper import BY_PHONE_OR_POST, Paper, on_paper
from casework.emails.readers import CannotReach, NotWanted, preload, told
from casework.emails.render import Rendered, render

__all__ = ["BY_PHONE_OR_POST", "CannotReach", "NotWanted", "Paper", "Rendered", "on_paper", "preload", "render", "told"]
