"""X: posts, threads, pictures, numbers and reposts through tweepy's client, paid per call."""
