"""Every rule there is, by id. A pack names which of them run; see approval.guard."""

from collections.abc import Mapping

from approval.rules import addresses, births, contacts, identifiers, limits, links, pictures, repeats
from approval.rules.base import Rule
from domain.content import Frozen

_TOPICS = (limits, contacts, addresses, births, identifiers, links, pictures, repeats)

RULES: Mapping[str, Rule] = {rule.id: rule for topic in _TOPICS for rule in topic.RULES}

# What config.policies.load_pack needs to refuse unknown rules and parameters.
PARAMETERS: Mapping[str, type[Frozen]] = {rule.id: rule.parameters for rule in RULES.values()}
