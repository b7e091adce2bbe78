"""Real faults: killed, frozen, wiped, refused, restarted. Every application exactly once, every message at least once."""
