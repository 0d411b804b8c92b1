"""Read models: what one page shows, gathered in a number of queries that does not grow with what there is."""
