"""What a WSGI server loads: `wsgi:app`."""

import config
from casework import create_app, logs

values = config.from_environment()
logs.set_up("web", values["LOG_LEVEL"])
app = create_app(values)
