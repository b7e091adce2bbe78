"""Where things belong: the force, its BCUs and their boroughs, dated."""
