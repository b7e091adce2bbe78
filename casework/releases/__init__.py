"""Publication of stop and search data and of the figures of the scheme, so that nobody can be found in them."""
