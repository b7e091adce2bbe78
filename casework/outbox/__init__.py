"""Effects owed, written in the transaction of their cause and carried out by workers."""
