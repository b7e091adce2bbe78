"""What people of the demonstration said of encounters with the police, and what became of it."""
