"""Pages that belong to no feature: home, privacy, accessibility, cookies, service feedback, incidents, health."""
