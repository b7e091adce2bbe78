"""Ride Along applications, from eligibility to feedback. Read `workflow.py` first."""
