"""The post room: batches, scans, keying, letters out."""
