"""The environment and the frame's templates, without a browser."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, UndefinedError

from domain.states import Delivery, Editorial
from domain.words import ChannelState, PromotionState, Severity
from tests.browser import samples
from web.frame import Heartbeat, Pulse, Theme
from web.icons import ICONS, icon
from web.looks import SEVERITIES, STATES, Tone, look
from web.marks import ChannelMark
from web.ui import STATIC, TEMPLATES, environment, make_environment, render, static_url

STATES_SHOWN: list[StrEnum] = [*Editorial, *Delivery, *ChannelState, *PromotionState]
STYLES = (STATIC / "rounds.css").read_text(encoding="utf-8")


def drawn(source: str, **context: object) -> str:
    """*source* as a page would draw it, the components at hand as `ui`."""
    text = '{% import "ui.html" as ui with context %}' + source
    return environment().from_string(text).render(**samples.context(**context)).strip()


@pytest.mark.parametrize("state", STATES_SHOWN, ids=lambda state: f"{type(state).__name__}.{state}")
def test_every_state_has_an_icon_and_a_word(state: StrEnum) -> None:
    html = drawn("{{ ui.status(state, 'pill') }}", state=state)
    assert "<svg" in html
    assert html.endswith(f"{look(state).word}</span>")
    assert f'class="st {look(state).tone} pill"' in html


@pytest.mark.parametrize("machine", [Editorial, Delivery])
def test_no_two_states_of_one_machine_look_alike(machine: type[StrEnum]) -> None:
    looks = [(STATES[state].icon, STATES[state].word) for state in machine]
    assert len({drawing for drawing, _ in looks}) == len({word for _, word in looks}) == len(looks)


def test_every_tone_has_a_colour_in_the_style_sheet() -> None:
    for tone in Tone:
        assert re.search(rf"^\.(st\.)?{tone} {{ color: var\(--", STYLES, re.MULTILINE), tone


def test_every_severity_has_an_icon_and_a_word() -> None:
    assert set(SEVERITIES) == set(Severity)
    assert all(each.icon in ICONS and each.word for each in SEVERITIES.values())


def test_the_calendar_uses_the_short_word() -> None:
    assert "Changes</span>" in drawn("{{ ui.status(state, 'sm') }}", state=Editorial.CHANGES_REQUESTED)


def test_a_state_may_be_told_in_other_words() -> None:
    html = drawn("{{ ui.status(state, word='1 unknown outcome') }}", state=Delivery.UNCERTAIN)
    assert html.endswith("1 unknown outcome</span>")


def test_an_icon_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")


def test_every_icon_named_in_a_template_exists() -> None:
    for path in TEMPLATES.rglob("*.html"):
        named = re.findall(r"icon\([\"'](\w+)[\"']", path.read_text(encoding="utf-8"))
        assert not [name for name in named if name not in ICONS], path


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_carry_no_style_and_no_script_of_their_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_style_sheet_names_colours_only_in_its_tokens() -> None:
    rules = STYLES.split("/* ---------- type", 1)[1]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rules)


def test_every_class_in_the_templates_is_styled() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", STYLES))
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for classes in re.findall(r'class="([^"{]*)"', path.read_text(encoding="utf-8"))
        for name in classes.split()
    }
    assert used - styled == set()


def test_style_and_script_stay_small() -> None:
    own = (STATIC / "rounds.css").stat().st_size + (STATIC / "rounds.js").stat().st_size
    assert own < 80_000


def test_words_from_outside_are_escaped() -> None:
    html = drawn("{{ ui.channel(mark) }}", mark=ChannelMark('"><script>'))
    assert "<script>" not in html


def test_a_channel_without_a_glyph_shows_its_first_letter() -> None:
    assert ">T</span>" in drawn("{{ ui.channel(mark) }}", mark=ChannelMark("town board"))


def test_channels_beyond_the_most_are_counted_and_named_to_screen_readers() -> None:
    html = drawn("{{ ui.channels(marks, most=5) }}")
    assert "+2<span" in html
    assert ": Map, Town Board</span>" in html


def test_a_field_with_an_error_points_at_it_and_keeps_what_was_typed() -> None:
    html = drawn("{{ ui.field('at', 'Send at', '22:30', error=problems[0], hint='Halifax time') }}")
    assert 'value="22:30"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="at-hint at-error"' in html
    assert "22:30 is in your quiet hours. Choose 07:00 to 21:00." in html


def test_a_field_takes_further_attributes() -> None:
    html = drawn("{{ ui.field('e', 'Email', type='email', autocomplete='username', maxlength=200) }}")
    assert 'autocomplete="username"' in html
    assert 'maxlength="200"' in html
    assert "aria-invalid" not in html


def test_a_text_area_keeps_a_leading_line_break() -> None:
    assert ">\n\nSecond line</textarea>" in drawn("{{ ui.area('t', 'Text', '\\nSecond line') }}")


@pytest.mark.parametrize(
    ("used", "state", "figure"), [(208, "", ">72<"), (271, "near", ">9<"), (292, "over", ">12 over<")]
)
def test_the_budget_counts_what_is_left(used: int, state: str, figure: str) -> None:
    html = drawn("{{ ui.budget(marks[0], used, 280) }}", used=used)
    assert f'class="bud {state}"' in html
    assert figure in html


@pytest.mark.parametrize(
    ("beat", "said"),
    [
        (samples.ON_TIME, "Publishing: on time, next 14:30, in 18 minutes"),
        (
            Heartbeat(Pulse.ON_TIME, next_at=samples.NOW + timedelta(days=4)),
            "Publishing: on time, next Sat 14 Nov, 14:12",
        ),
        (Heartbeat(Pulse.ON_TIME), "Publishing: on time, nothing planned"),
        (samples.LATE, "Late: 2 posts, oldest 6 mins"),
        (Heartbeat(Pulse.LATE, late=1, oldest=timedelta(minutes=6)), "Late: 1 post, oldest 6 mins"),
        (samples.STOPPED, "Stopped by Tom, 13:02"),
        (samples.SILENT, "No word from the publisher for 3 mins"),
    ],
)
def test_the_heartbeat_says_its_state_in_words(beat: Heartbeat, said: str) -> None:
    html = render("heartbeat.html", frame=samples.frame(heartbeat=beat), reader=samples.READER)
    assert said in re.sub(r"<[^>]+>", "", html)
    assert f'data-pulse="{beat.pulse}"' in html
    assert 'hx-get="/heartbeat" hx-trigger="every 15s"' in html


def test_stop_becomes_resume_while_everything_is_stopped() -> None:
    stopped = samples.frame(heartbeat=samples.STOPPED, holds=(samples.STORM,))
    html = render("keys.html", **samples.context(frame=stopped))
    assert 'class="stop resume" href="/holds/1"' in html
    assert "Everything is stopped." in html
    assert "today 13:02" in html


def test_the_menu_counts_only_what_waits() -> None:
    html = render("keys.html", **samples.context(frame=samples.frame(waiting={"review": 3, "inbox": 0})))
    assert len(re.findall(r'class="n"', html)) == 1


def test_a_theme_is_written_only_when_it_was_chosen() -> None:
    assert "data-theme" not in render("keys.html", **samples.context())
    dark = samples.context(frame=samples.frame(theme=Theme.DARK))
    assert 'data-theme="dark"' in render("keys.html", **dark)


def test_a_dialog_can_stand_alone_or_as_a_page() -> None:
    alone = render("stop.html", **samples.context(fragment=True))
    page = render("stop.html", **samples.context(fragment=False))
    assert alone.lstrip().startswith("<dialog")
    assert "<html" not in alone
    assert "<dialog" not in page
    for html in (alone, page):
        assert '<input type="hidden" name="csrf_token" value="sample-token">' in html


def test_a_refusal_is_told_inside_the_frame_and_before_sign_in() -> None:
    for frame, named in ((samples.frame(), "Harbour Lane"), (None, "<h1>This could not be done</h1>")):
        html = render("refused.html", **samples.context(frame=frame))
        assert named in html
        assert "Nothing was published. Choose one below 5 MB and submit again." in html


def test_a_plural_takes_its_figure_by_locale() -> None:
    assert drawn("{{ 1 | plural('%(n)s post', '%(n)s posts') }}") == "1 post"
    assert drawn("{{ 1486 | plural('%(n)s post', '%(n)s posts') }}") == "1,486 posts"


def test_a_moment_of_today_says_so() -> None:
    assert ">Today 14:12</time>" in drawn("{{ ui.moment(at(0)) }}")
    assert ">Wed 11 Nov, 14:12</time>" in drawn("{{ ui.moment(at(24)) }}")
    assert 'title="Tue 10 Nov, 14:30">in 18 minutes</time>' in drawn("{{ ui.when(at(0.3)) }}")


def test_a_missing_fact_is_an_error_and_never_a_blank() -> None:
    assert environment().undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        drawn("{{ nobody.gave.this }}")


def test_static_files_carry_their_digest() -> None:
    assert re.fullmatch(r"/static/rounds\.css\?v=[0-9a-f]{12}", static_url("rounds.css"))


def test_every_template_is_well_formed() -> None:
    known = make_environment(Path(__file__).parents[1] / "browser" / "pages")
    for name in known.list_templates():
        known.get_template(name)
