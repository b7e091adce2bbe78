"""Saying how an encounter with the police went: the public pages, by the door of feedback or by that of complaints."""
