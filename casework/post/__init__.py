"""The post room: what comes on paper is opened, dated, scanned, indexed, keyed and checked, and becomes a case."""
