"""The tracker: how somebody of the public gets into their one case, by link or by code, and corrects how to be reached.

Each kind of case supplies its own page (`pages.shows`). Nothing here knows rides, feedback or complaints.
"""
