"""What people and staff write to each other in a case, the files that they add, and who is at a case just now."""
