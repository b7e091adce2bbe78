"""Stub for the moment."""


def typical_waits():
    return None
