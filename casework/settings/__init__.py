"""What the force decides: periods, limits, wording. Rows with who, when and why; defaults with their source."""
