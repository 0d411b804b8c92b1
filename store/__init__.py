"""The only room that knows SQL. Repositories never commit; the unit of work does."""
