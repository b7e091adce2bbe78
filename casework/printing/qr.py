"""A QR code as a drawing that can stand in HTML: sharp at any size, with the words that a screen reader says for it."""

from __future__ import annotations

import segno
from markupsafe import Markup, escape

# A damaged or smudged quarter can be made good; wider than this many modules it would not be read from a scan.
LEVEL, WIDEST_VERSION = "q", 5


def drawing(text: str, words: str, millimetres: float = 22) -> Markup:
    """A QR code with its margin, so many millimetres wide. ValueError for text that would make it too fine."""
    code = segno.make(text, error=LEVEL, micro=False, boost_error=False)
    if int(code.version) > WIDEST_VERSION:
        raise ValueError("too long for a code that is read from a scan")
    svg = code.svg_inline(border=4, omitsize=True, lineclass=None, svgclass=None)
    head, _, rest = svg.partition(">")
    size = f'width="{millimetres:g}mm" height="{millimetres:g}mm" xmlns="http://www.w3.org/2000/svg"'
    return Markup("{} {}><title>{}</title>{}").format(Markup(head), Markup(size), escape(words), Markup(rest))
