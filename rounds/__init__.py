"""The front door: command line, wiring, version."""

__version__ = "0.1.0"
