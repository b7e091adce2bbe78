"""The people in a case: their part, how they want to be reached, and the secrets that let them in."""
