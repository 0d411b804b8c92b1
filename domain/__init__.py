"""The vocabulary: words, state tables and frozen values. No input, no output, no clock of its own."""
