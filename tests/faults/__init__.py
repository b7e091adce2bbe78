"""Real faults: killed, frozen, wiped, refused, restarted. No application lost or doubled, no message lost."""
