"""Which rules apply where, in which order, and what happens where several find the same."""

from collections.abc import Collection, Iterable

from workbench.rules.records import ACTIONS, Action, Direction, Rule, Scope

ORDER = (
    "The rules of your home come first, then those of the Experience, then those of the conversation, each in the order"
    " in which you have put them.",
    "Every rule that applies is kept to: none switches off another.",
    "Where several find the same text, the strongest action is taken: block, then redact, then ask, then warn.",
    "Of equally strong ones, the first in this order names what was taken out.",
)
"""The order of precedence, in words."""
_SCOPES: tuple[Scope, ...] = ("home", "experience", "conversation")


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules in the order of precedence."""
    return tuple(sorted(rules, key=lambda rule: (_SCOPES.index(rule.scope), rule.position, rule.id)))


def applying(
    rules: Iterable[Rule],
    *,
    experience_id: str | None,
    conversation_id: str | None,
    direction: Direction | None = None,
    also: Collection[str] = (),
) -> tuple[Rule, ...]:
    """Those of the rules that are kept to there, in their order; `direction` None: in both.

    `also` are the ids of rules that are kept to beside these, enabled or not, wherever they belong.
    """

    def is_there(rule: Rule) -> bool:
        match rule.scope:
            case "home":
                return True
            case "experience":
                return rule.experience_id == experience_id
            case "conversation":
                return rule.conversation_id == conversation_id

    found = (rule for rule in rules if rule.id in also or (rule.enabled and is_there(rule)))
    return tuple(rule for rule in in_order(found) if direction in (None, rule.direction) or rule.direction == "both")


def strongest(actions: Iterable[Action]) -> Action | None:
    """The strongest of several actions; None of none."""
    return max(actions, key=ACTIONS.index, default=None)
