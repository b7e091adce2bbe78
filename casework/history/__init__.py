"""What happened, for ever: streams of events in keyed chains, and the log of who read what."""
