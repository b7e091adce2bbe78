"""Complaints under the Police Reform Act 2002: logged, recorded, referred, handled and answered by its clocks."""
