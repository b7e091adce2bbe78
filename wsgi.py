"""What a WSGI server loads: `wsgi:app`."""

import config
from casework import create_app

app = create_app(config.from_environment())
