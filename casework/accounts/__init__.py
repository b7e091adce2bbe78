"""Staff: accounts, grants, sign-in, and who could act today."""
