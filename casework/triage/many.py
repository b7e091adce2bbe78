"""The blueprint of the pages about many cases at once: views, plans, routing, the supervisor's page."""

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/staff/desk")
