"""The desk for feedback and complaints: queue, search, replies, bulk plans, routing, the supervisor's page."""
