"""What comes back: readings of how each post does."""
