"""Areas: loading them."""
