"""The blueprint of the schedule's pages: plans and bookings here, the day of the ride beside the rides."""

from flask import Blueprint

bp = Blueprint("schedule", __name__, url_prefix="/staff/schedule")
