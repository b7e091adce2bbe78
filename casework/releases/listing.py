"""Tables of figures as markup, for pages that have many. Pure; everything in them is escaped here."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from casework.publishing import Shown, Table
from casework.releases.charts import Svg as Markup

Options = tuple[tuple[str, str], ...]

_HEAD = '<th scope="col" class="cw-numeric">'


def listing(table: Table) -> Markup:
    """A table in a region that scrolls by itself where there is little room."""
    columns = "".join(f"{_HEAD}{escape(column)}</th>" for column in table.columns)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_cell, values))}</tr>' for name, values in table.rows
    )
    title = escape(table.title)
    return Markup(
        f'<div class="cw-scroll" role="region" aria-label="{title}" tabindex="0"><table class="cw-table">'
        f'<caption class="govuk-visually-hidden">{title}</caption>'
        f'<thead><tr><th scope="col">{escape(table.first)}</th>{columns}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )


def options(groups: tuple[tuple[str, Options], ...], chosen: str) -> Markup:
    """The options of a list to choose from, in groups with a name or without, with the one that is chosen."""
    value = f'value="{escape(chosen)}"'
    return Markup(_options(groups).replace(f"{value}>", f"{value} selected>", 1))


@lru_cache(maxsize=64)
def _options(groups: tuple[tuple[str, Options], ...]) -> str:
    found = []
    for name, several in groups:
        inside = "".join(f'<option value="{escape(value)}">{escape(words)}</option>\n' for value, words in several)
        found.append(f'<optgroup label="{escape(name)}">{inside}</optgroup>\n' if name else inside)
    return "".join(found)


def _cell(value: Shown) -> str:
    shown = f"{value:,}" if isinstance(value, int) else escape(value)
    return f'<td class="cw-numeric">{shown}</td>'
