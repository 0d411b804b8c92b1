"""The commands, one small module a topic. Each asks the house's services and shows what they answer."""

import typer

from rounds.commands import (
    audit,
    calendars,
    channels,
    members,
    metrics,
    posts,
    promotions,
    publishing,
    reviews,
    server,
    settings,
    signin,
    stops,
    writing,
)

TOPICS = (
    server,
    signin,
    posts,
    writing,
    reviews,
    publishing,
    stops,
    channels,
    calendars,
    metrics,
    promotions,
    members,
    settings,
    audit,
)


def register(app: typer.Typer) -> None:
    """Hang every command on the app, in the order in which help lists them."""
    for topic in TOPICS:
        topic.register(app)
