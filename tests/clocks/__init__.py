"""The calendar is tested against slow oracles that walk from day to day."""
