"""Checks on a person, sealed from the rest: everybody else sees a result code, conditions and a date."""
