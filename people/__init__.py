"""Who works here, and how they prove it: set-up, members, sign-in, tokens."""
