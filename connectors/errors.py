"""What can go wrong at a network, named by what the engine does about it.

    ConnectorError
    ├── Rejected        the same request would be refused again      → FAILED, a sentence for the author
    ├── RateLimited     not now, nothing happened                    → the channel waits, no attempt burned
    ├── AuthExpired     the channel is broken, not the post          → HELD until somebody reconnects
    ├── OutOfCredit     the network asks for money                   → the channel waits, an admin is told
    ├── Transient       certainly not received                       → capped backoff with jitter
    ├── Ambiguous       sent, outcome unknown                        → UNCERTAIN, then look-up
    └── PartlyPublished some parts stand, the next one was refused   → PARTIAL, a person decides

Every message is a sentence for a person and free of tokens, bodies and URLs with queries.
"""

from datetime import datetime

from domain.words import Money

DUPLICATE = "duplicate"  # the code of an Ambiguous: the network says that these words stand already


class ConnectorError(Exception):
    """A network did not do what it was asked."""

    def __init__(self, message: str, *, code: str = "") -> None:
        self.message = message
        self.code = code  # the network's own code, kept for support
        super().__init__(message)


class Rejected(ConnectorError):
    """The same request would be refused again."""


class RateLimited(ConnectorError):
    """Not now; nothing happened. `until` is the instant (UTC) from which it may work."""

    def __init__(self, message: str, *, until: datetime, code: str = "") -> None:
        super().__init__(message, code=code)
        self.until = until


class AuthExpired(ConnectorError):
    """The Channel's credentials no longer work; the post itself is fine."""


class OutOfCredit(ConnectorError):
    """The network wants to be paid before it goes on."""


class Transient(ConnectorError):
    """Certainly not received: no connection was made, or the network said that nothing happened."""


class Ambiguous(ConnectorError):
    """The request left and its outcome is unknown. `trace` holds what a look-up needs."""

    def __init__(self, message: str, *, code: str = "", trace: dict[str, str] | None = None) -> None:
        super().__init__(message, code=code)
        self.trace = trace or {}


class PartlyPublished(ConnectorError):
    """The first parts of a thread stand (`remote_id`, `url`), the next one was refused for good."""

    def __init__(
        self, message: str, *, remote_id: str, url: str | None, code: str = "", cost: Money | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.remote_id = remote_id
        self.url = url
        self.cost = cost
