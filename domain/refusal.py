"""What Rounds will not do, said in one sentence to the person who asked."""


class Refusal(Exception):
    """The message says what, where and how to go on; pages and the command line show it as it is."""
