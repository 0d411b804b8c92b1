"""A network inside Rounds to practise on: nothing is public, and the numbers are simulated."""
