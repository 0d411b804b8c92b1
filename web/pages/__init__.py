"""The pages. One small module per topic; each brings a router."""

from fastapi import APIRouter, Depends

from web.access import own_form
from web.pages import (
    account,
    calendar,
    channels,
    compose,
    connect,
    entry,
    find,
    heartbeat,
    imports,
    library,
    people,
    performance,
    posts,
    publications,
    record,
    review,
    settings,
    stop,
    today,
)
from web.pages.refusing import refused

__all__ = ["refused", "router"]

# In this order: /channels/new is not a channel called "new", and /posts/new not a post.
TOPICS = (
    account,
    calendar,
    connect,
    channels,
    compose,
    entry,
    find,
    heartbeat,
    imports,
    library,
    people,
    performance,
    posts,
    publications,
    record,
    review,
    settings,
    stop,
    today,
)

router = APIRouter(include_in_schema=False, dependencies=[Depends(own_form)])
for topic in TOPICS:
    router.include_router(topic.router)
