"""Small English: counts as words."""

WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def counted(count: int, one: str, several: str) -> str:
    """ "1 post is", "14 posts are"."""
    return f"{count} {one if count == 1 else several}"


def in_words(count: int, one: str, several: str) -> str:
    """ "One post is", "Three posts are", "14 posts are": how a sentence begins."""
    figure = WORDS[count].capitalize() if count < len(WORDS) else str(count)
    return f"{figure} {one if count == 1 else several}"
