"""Pages that belong to no feature: home, privacy, accessibility, cookies, feedback on the service, incidents, health."""
