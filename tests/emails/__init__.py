"""Tests of what messages say and how they are written."""
