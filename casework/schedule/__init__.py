"""Places on shifts, offers and bookings, and the day of the ride."""
