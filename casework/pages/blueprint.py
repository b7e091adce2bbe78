"""The blueprint of the pages, which the view modules of this folder add to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("pages", __name__)
"""Pages at the top of the site, and two for staff."""
