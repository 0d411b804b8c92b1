"""The JSON API: what the pages and the command line do, over HTTP, for whoever holds a token."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from web.api import (
    access,
    campaigns,
    channels,
    connectors,
    holds,
    imports,
    members,
    metrics,
    pictures,
    posts,
    practice,
    promotions,
    publications,
    record,
    submissions,
)
from web.api.faults import answer, status_of

__all__ = ["TAGS", "answer", "operation_id", "router", "status_of"]

TOPICS = (
    access,
    posts,
    submissions,
    publications,
    holds,
    channels,
    connectors,
    pictures,
    imports,
    campaigns,
    promotions,
    metrics,
    members,
    practice,
    record,
)
TAGS = [{"name": topic.TOPIC, "description": topic.DESCRIPTION} for topic in TOPICS]


def operation_id(route: APIRoute) -> str:
    """The function's own name, which is readable in generated clients."""
    return route.name


router = APIRouter(prefix="/api/v1")
for topic in TOPICS:
    router.include_router(topic.router)
