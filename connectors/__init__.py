"""The only room that knows the outside world. Start reading at base.py, the seam."""
