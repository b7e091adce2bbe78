"""Starts, watches and ends what Casework consists of. Only the command line and tests import it."""
