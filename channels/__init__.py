"""Connecting, verifying, refreshing and disconnecting the practice's accounts."""
