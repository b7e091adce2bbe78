"""What is owed and no worker can do: calls to make, letters to print and post."""
