"""A form's field that cannot be used as it is."""


class BadField(ValueError):
    """`field` names the field; the message says what is wrong and what works."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
