"""The tests of Casework; the folders have the names of what they test."""
