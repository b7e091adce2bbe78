"""The desk where feedback is read, sorted and answered; what it offers for complaints too, both kinds share."""
