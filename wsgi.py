"""What a WSGI server loads: `wsgi:app`."""

import gc

import config
from casework import create_app, logs

values = config.from_environment()
logs.set_up("web", values["LOG_LEVEL"])
app = create_app(values)

# What was loaded stays until the end: the garbage collector need not look through it again. A page makes thousands of
# objects that are gone with it, so it need not look after every 700 of them either.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
