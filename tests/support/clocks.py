"""A clock that moves only when told."""

from datetime import UTC, datetime, timedelta


class SetClock:
    """Stands at *now* until `advance` or `set`."""

    def __init__(self, now: datetime = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now

    def advance(self, span: timedelta) -> datetime:
        """Let *span* pass; the new instant."""
        self._now += span
        return self._now
