"""A form's field that cannot be used as it is."""

from domain.refusal import Refusal


class BadField(Refusal):
    """`field` names the field; the message says what is wrong and what works."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
