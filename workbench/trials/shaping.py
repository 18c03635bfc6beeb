"""What a configuration tells a model: its personality, its prompt filled in, and its own instruction, in this order."""

from dataclasses import replace

from workbench.errors import InvalidInputError, NotFoundError
from workbench.personalities.service import Personalities
from workbench.prompts.service import Prompts
from workbench.providers.service import Models
from workbench.trials.records import Configuration


class Shaping:
    """Fixes what a configuration leaves open. Safe to use from any thread."""

    def __init__(self, models: Models, personalities: Personalities, prompts: Prompts) -> None:
        self._models = models
        self._personalities = personalities
        self._prompts = prompts

    def fixed(self, one: Configuration) -> Configuration:
        """With its model, its versions, and all that the model is told.

        Raises ModelMissingError, NotFoundError, and InvalidInputError for a prompt that lacks what it asks for.
        """
        one = replace(one, model=self._models.resolve(one.model).id)
        one, character = self._personality(one)
        one, text = self._prompt(one)
        return replace(one, told="\n\n".join(filter(str.strip, (character, text, one.instruction))))

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


def _no_version(name: str, number: int) -> NotFoundError:
    return NotFoundError(f"{name!r} has no version {number}.", remedy="`versions` lists those it has.")
