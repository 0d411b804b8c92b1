"""The practice's own website: a news page, permalinks, feeds and a fragment, from plain files."""
