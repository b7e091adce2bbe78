"""The supervisor, the embedded servers and the settings."""
