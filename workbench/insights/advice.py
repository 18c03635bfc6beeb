"""Which model to ask: what is known of a conversation and of one's own history, put to the rules of `suggestion`."""

from workbench.chat import context
from workbench.conversations import tree
from workbench.conversations.service import Conversations
from workbench.errors import ModelMissingError
from workbench.experiences.service import Experiences
from workbench.insights import suggestion
from workbench.insights.measured import Measurements
from workbench.providers.records import Suggestion, Turn
from workbench.providers.service import Models


class Advice:
    """Suggests models; what is asked stays for the person to choose."""

    def __init__(
        self, *, models: Models, experiences: Experiences, conversations: Conversations, measurements: Measurements
    ) -> None:
        self._models = models
        self._experiences = experiences
        self._conversations = conversations
        self._measurements = measurements

    def suggest(self, text: str, *, conversation_id: str | None = None, pictures: int = 0, pdfs: int = 0) -> Suggestion:
        """The model that suits a question best, which is to be asked in this conversation or in a new one.

        `pictures` and `pdfs` are how many are given with it. Raises NotFoundError.
        """
        turns = [Turn(role="user", text=text)]
        present = None
        if conversation_id is not None:
            conversation = self._conversations.get(conversation_id)
            present = self._experiences.get(conversation.experience_id).model
            messages = tree.by_id(self._conversations.messages(conversation_id))
            turns += context.turns(tree.branch(messages, conversation.head_id), shows=("picture", "pdf"))
        pictures += sum(len(turn.pictures) for turn in turns)
        pdfs += sum(len(turn.pdfs) for turn in turns)
        read_tokens = sum(map(context.tokens, turns))
        return suggestion.suggest(
            self._models.list(),
            self._measurements.read(),
            suggestion.need(text, read_tokens=read_tokens, pictures=pictures, pdfs=pdfs),
            present=present or self._default(),
        )

    def _default(self) -> str | None:
        try:
            return self._models.default().id
        except ModelMissingError:
            return None
