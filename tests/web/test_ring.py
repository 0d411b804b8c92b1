import re

from web.ring import hex_groups, practice_mark, product_mark, ring

FINGERPRINT = "0f85" * 16
LINE = re.compile(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"/>')


def ticks(svg: str) -> list[float]:
    """How long each tick is, on the box of 100."""
    lines = [tuple(map(float, line)) for line in LINE.findall(svg)]
    return [((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 for x1, y1, x2, y2 in lines]


def test_a_tick_is_as_long_as_its_hex_digit() -> None:
    drawn = ticks(ring(FINGERPRINT))
    assert len(drawn) == 24
    for length, digit in zip(drawn, FINGERPRINT, strict=False):
        assert abs(length - (3 + 1.45 * int(digit, 16))) < 0.15


def test_the_first_tick_stands_at_the_top_and_begins_at_the_hub() -> None:
    assert LINE.search(ring(FINGERPRINT)).groups()[:2] == ("50.0", "27.0")  # type: ignore[union-attr]


def test_a_small_ring_has_sixteen_stronger_ticks() -> None:
    small = ring(FINGERPRINT, 30)
    assert len(ticks(small)) == 16
    assert 'stroke-width="6"' in small
    assert len(ticks(ring(FINGERPRINT, 36))) == 24


def test_one_changed_digit_gives_another_ring() -> None:
    assert ring("1" + FINGERPRINT[1:]) != ring(FINGERPRINT)


def test_the_ring_says_its_first_groups_to_screen_readers() -> None:
    assert 'aria-label="Fingerprint ring 0f85 0f85"' in ring(FINGERPRINT)
    assert 'aria-hidden="true"' in ring(FINGERPRINT, label="")


def test_a_label_is_escaped() -> None:
    assert "<b>" not in ring(FINGERPRINT, label='"><b>')


def test_hex_groups_read_in_fours() -> None:
    assert hex_groups("c0b85c3a50d0aaaa", 3) == "c0b8 5c3a 50d0"


def test_a_practice_has_one_mark_of_its_own() -> None:
    assert practice_mark("a") == practice_mark("a") != practice_mark("b")


def test_the_product_mark_is_twelve_ticks_and_a_hub() -> None:
    assert len(ticks(product_mark())) == 12
    assert '<circle cx="50" cy="50" r="7"/>' in product_mark()
