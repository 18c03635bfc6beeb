"""What a configuration tells a model.

Its personality, its prompt filled in, its own instruction, and what rules ask, in this order.
"""

from dataclasses import replace

from workbench.errors import InvalidInputError, NotFoundError
from workbench.personalities.service import Personalities
from workbench.prompts.service import Prompts
from workbench.providers.service import Models
from workbench.rules import behaviour
from workbench.rules.service import Rules
from workbench.trials.records import Configuration


class Shaping:
    """Fixes what a configuration leaves open. Safe to use from any thread."""

    def __init__(self, models: Models, personalities: Personalities, prompts: Prompts, rules: Rules) -> None:
        self._models = models
        self._personalities = personalities
        self._prompts = prompts
        self._rules = rules

    def fixed(self, one: Configuration, experience_id: str | None) -> Configuration:
        """With its model, its versions, its rules, and all that the model is told in this Experience; None: in none.

        Raises ModelMissingError, NotFoundError, and InvalidInputError for a prompt that lacks what it asks for.
        """
        one = replace(one, model=self._models.resolve(one.model).id)
        one, character = self._personality(one)
        one, text = self._prompt(one)
        one, asked = self._ruled(one, experience_id)
        return replace(one, told="\n\n".join(filter(str.strip, (character, text, one.instruction, asked))))

    def _personality(self, one: Configuration) -> tuple[Configuration, str]:
        if one.personality is None:
            return replace(one, version=None), ""
        found = self._personalities.get(one.personality)
        number = one.version or found.version
        version = next((each for each in self._personalities.versions(found.id) if each.number == number), None)
        if version is None:
            raise _no_version(found.name, number)
        name = one.name or f"{version.name}, version {number}"
        return replace(one, name=name, personality=found.id, version=number), version.instruction

    def _prompt(self, one: Configuration) -> tuple[Configuration, str]:
        """A version that is not the present one is filled in with the present ones of what it includes."""
        if one.prompt is None:
            return replace(one, prompt_version=None), ""
        found = self._prompts.get(one.prompt)
        number = one.prompt_version or found.version
        version = next((each for each in self._prompts.versions(found.id) if each.number == number), None)
        if version is None:
            raise _no_version(found.name, number)
        filled = self._prompts.preview(version.text, version.variables, one.prompt_values, name=found.name)
        if filled.problems:
            raise InvalidInputError(
                f"The prompt {found.name!r} cannot be tried: {filled.problems[0]}",
                remedy="Give `prompt_values` for it.",
            )
        name = one.name or f"{found.name}, version {number}"
        return replace(one, name=name, prompt=found.id, prompt_version=number), filled.text

    def _ruled(self, one: Configuration, experience_id: str | None) -> tuple[Configuration, str]:
        """With its rules as they are now, and what they and those that hold there anyway ask of a reply."""
        ids = tuple(dict.fromkeys(one.rules))
        holding = self._rules.applying(experience_id, None, also=ids)
        revisions = {rule.id: rule.revision for rule in holding if rule.id in ids}
        unknown = next((id for id in ids if id not in revisions), None)
        if unknown is not None:
            raise NotFoundError(
                f"There is no rule {unknown!r}.", remedy="`workbench rules list` shows those there are."
            )
        ruled = replace(
            one, rules=ids, rule_revisions=revisions, most_output_tokens=behaviour.most_output_tokens(holding)
        )
        return ruled, behaviour.instruction(holding)


def _no_version(name: str, number: int) -> NotFoundError:
    return NotFoundError(f"{name!r} has no version {number}.", remedy="`versions` lists those it has.")
