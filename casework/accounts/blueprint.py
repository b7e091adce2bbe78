"""The blueprint of the staff's own pages, which the view modules of this folder add to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
