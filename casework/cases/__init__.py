"""What every case shares: the row, the one writer, the queue, the case page."""
