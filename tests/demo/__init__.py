"""The demonstration: every state, a history that holds, nothing that is mailed."""
