"""Time: when a Publication goes out, what one call's outcome means, and the daemon that does it."""
