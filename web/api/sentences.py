"""What is wrong with a request, said to a person: one sentence for each fault, never the value itself."""

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 5  # faults that are told at once
WHERE = frozenset({"body", "query", "path", "header", "cookie"})

SENTENCES: Mapping[str, str] = {
    "missing": "{name} is missing. Add it.",
    "extra_forbidden": "There is no {name} here. Correct its name, or leave it out.",
    "string_type": "{name} is not text. Write it in quotation marks.",
    "string_unicode": "{name} is not sound text. Send it as UTF-8.",
    "string_too_long": "{name} has more than {max_length} characters. Shorten it.",
    "string_too_short": "{name} has fewer than {min_length} characters. Write more, or leave it out.",
    "string_pattern_mismatch": "{name} is not written as it should be. It has the form {pattern}.",
    "enum": "{name} is none of its words. Use {expected}.",
    "literal_error": "{name} is none of its words. Use {expected}.",
    "bool_type": "{name} is neither true nor false. Use one of them.",
    "bool_parsing": "{name} is neither true nor false. Use one of them.",
    "int_type": "{name} is not a whole number. Write one.",
    "int_parsing": "{name} is not a whole number. Write one.",
    "int_parsing_size": "{name} is too large a number. Write a smaller one.",
    "int_from_float": "{name} is not a whole number. Write one.",
    "greater_than_equal": "{name} is too small. Use {ge} or more.",
    "less_than_equal": "{name} is too large. Use {le} or less.",
    "datetime_type": "{name} is not a time. Write it as 2027-03-01T14:30.",
    "datetime_parsing": "{name} is not a time. Write it as 2027-03-01T14:30.",
    "datetime_from_date_parsing": "{name} is not a time. Write it as 2027-03-01T14:30.",
    "timezone_aware": "{name} says no zone. Write it as 2027-03-01T14:30:00Z.",
    "timezone_naive": "{name} is a time on the wall, without a zone. Write it as 2027-03-01T14:30.",
    "list_type": "{name} is not a list. Write it in square brackets.",
    "tuple_type": "{name} is not a list. Write it in square brackets.",
    "frozen_set_type": "{name} is not a list. Write it in square brackets.",
    "dict_type": "{name} is not an object. Write it in curly brackets.",
    "mapping_type": "{name} is not an object. Write it in curly brackets.",
    "model_type": "{name} is not an object. Write it in curly brackets.",
    "model_attributes_type": "{name} is not an object. Write it in curly brackets.",
    "too_long": "{name} has more than {max_length} entries. Leave some out.",
    "too_short": "{name} has fewer than {min_length} entries. Add one.",
    "json_invalid": "The body is not JSON: {error} at character {place}. Correct it there.",
}
OF_THE_BODY: Mapping[str, str] = {
    "missing": "The request has no body. Send one as the documentation shows.",
    "model_attributes_type": "The body is not a JSON object. Send one, with Content-Type: application/json.",
    "model_type": "The body is not a JSON object. Send one, with Content-Type: application/json.",
}
NO_FILE = "{name} is not a file. Send it as a file of a multipart form."


def sentences(errors: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each fault that validation found, at most MOST."""
    told = list(dict.fromkeys(sentence(error) for error in errors))
    more = len(told) - MOST
    return told if more <= 0 else [*told[:MOST], f"And {more} more."]


def sentence(error: Mapping[str, Any]) -> str:
    """What, where, how."""
    kind, field = str(error["type"]), field_of(error)
    facts = {"name": f"“{field}”", "place": error["loc"][-1], **error.get("ctx", {})}
    if field is None and kind in OF_THE_BODY:
        return OF_THE_BODY[kind]
    if kind in SENTENCES:
        return SENTENCES[kind].format_map(facts)
    if kind == "value_error":
        said = str(facts["error"])
        return NO_FILE.format_map(facts) if said.startswith("Expected UploadFile") else said
    return f"{facts['name']} cannot be used: {error['msg']}."


def field_of(error: Mapping[str, Any]) -> str | None:
    """The field's path with dots, for example overrides.01KPC….text; None: the body as a whole."""
    place = [str(part) for part in error["loc"]]
    if place and place[0] in WHERE:
        place = place[1:]
    if error["type"] == "json_invalid":
        return None
    return ".".join(place) or None
