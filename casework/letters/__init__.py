"""From an owed message to a letter: the words of the e-mail on paper that finds its reader and brings the reply home.

A letter bears the day on which it is posted, and every date in it is counted from that day. Nothing here writes.
"""

from casework.letters.letter import Letter, rehearsed, write
from casework.letters.manifest import Line, manifest

__all__ = ["Letter", "Line", "manifest", "rehearsed", "write"]
