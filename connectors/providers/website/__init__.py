"""The practice's own website: a news page, permalinks, feeds and an embeddable fragment, from plain files."""

from connectors.providers.website.connector import Website

__all__ = ["Website"]
