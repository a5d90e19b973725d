"""What nobody should send, through every door, on both databases."""
