"""Campaigns: posts that belong together."""

from web.access import House
from web.api.door import Asking, section
from web.api.looking import look
from web.api.shapes import CampaignName, Shape

TOPIC = "Campaigns"
DESCRIPTION = "Posts that belong together. A post names its campaign; a new name makes a new campaign."


class Campaigns(Shape):
    """Every campaign of the practice, by name."""

    items: list[CampaignName]


router = section(TOPIC)


@router.get("/campaigns", summary="List campaigns")
def list_campaigns(house: House, asking: Asking) -> Campaigns:
    """By name."""
    with look(house, asking) as scope:
        return Campaigns(items=[CampaignName.model_validate(row) for row in scope.posts.campaigns()])
