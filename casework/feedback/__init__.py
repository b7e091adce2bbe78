"""Feedback on an encounter with the police: thanks, comments, concerns and questions; and the encounter itself."""
