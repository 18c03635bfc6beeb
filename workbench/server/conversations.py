"""`/conversations` and `/messages`."""

from collections.abc import AsyncIterator
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from workbench.chat.replies import Piece
from workbench.chat.service import HEAD
from workbench.conversations.records import (
    BranchChange,
    Conversation,
    ConversationChanges,
    ConversationPage,
    ConversationTree,
    DeletedBranch,
    Given,
    Message,
    SavedDraft,
    Turn,
)
from workbench.providers.estimate import Estimate
from workbench.providers.fallback import Waiting
from workbench.server import schemas
from workbench.server.answers import EVENTS, HEARTBEAT, event, record, stream
from workbench.server.opened import OpenServices
from workbench.server.schemas import (
    Continuation,
    ConversationChange,
    Draft,
    DraftInConversation,
    NewConversation,
    NewDraft,
    NewMerge,
    NewMessage,
    NewRating,
    NewReply,
    text_id,
)
from workbench.server.scopes import as_asked, as_person, within

router = APIRouter(tags=["conversations"])


@router.get("/conversations", response_model=ConversationPage)
def list_conversations(
    open_: OpenServices,
    experience: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> Response:
    """A page of conversations, of one Experience or of all, the one changed last first."""
    return record(open_.conversations.page(within(text_id(experience)), limit=limit, cursor=cursor))


@router.post("/conversations", response_model=Conversation, status_code=201)
def create(open_: OpenServices, body: NewConversation) -> Response:
    """Begin a conversation; repeating it with the same id changes nothing."""
    within(str(body.experience_id))
    experience = open_.experiences.get(str(body.experience_id))
    made = open_.conversations.create(experience.id, title=body.title, id=text_id(body.id))
    within(made.experience_id)  # one that was made before, elsewhere, is given back as it is
    return record(made, status=201)


@router.get("/conversations/{conversation_id}", response_model=ConversationTree)
def get(open_: OpenServices, conversation_id: str) -> Response:
    """A conversation with every branch."""
    return record(open_.conversations.tree(conversation_id))


@router.patch("/conversations/{conversation_id}", response_model=Conversation)
def update(open_: OpenServices, conversation_id: str, body: ConversationChange) -> Response:
    """Change the title, the branch that is shown, or what shapes the replies; a null title or branch stays."""
    given = body.model_dump(mode="json", exclude_unset=True, exclude={"revision"})
    kept = {name for name in ("title", "head_id") if given.get(name) is None}
    changes = cast(ConversationChanges, {name: value for name, value in given.items() if name not in kept})
    checked = open_.shaping.checked(changes, open_.conversations.get(conversation_id))
    return record(open_.conversations.update(conversation_id, checked, revision=body.revision))


@router.get("/conversations/{conversation_id}/deleted", response_model=list[DeletedBranch])
def list_deleted(open_: OpenServices, conversation_id: str) -> Response:
    """The branches that were deleted and can be restored, the one deleted last first."""
    return record(open_.branches.deleted(conversation_id))


@router.post("/conversations/{conversation_id}/messages", response_model=Turn, status_code=201)
async def send(open_: OpenServices, conversation_id: str, body: NewMessage) -> Response:
    """Save a question and start its reply, which runs on whatever becomes of the caller.

    With `models` there is a reply of each: `reply` is the first one's, the others stand in `beside`. One that fails
    does not touch the others.
    """
    turn = await open_.chat.send(
        conversation_id,
        body.text,
        parent_id=text_id(body.parent_id) if "parent_id" in body.model_fields_set else HEAD,
        model=body.model,
        models=body.models,
        id=text_id(body.id),
        reply_id=text_id(body.reply_id),
        reply_ids=[str(each) for each in body.reply_ids],
        given=[Given(**dict(each)) for each in body.attachments],
        given_of=text_id(body.given_of),
        over_budget=as_person(body.over_budget),
        allow_rules=as_asked(body.allow_rules),
    )
    return record(turn, status=201)


@router.post("/conversations/{conversation_id}/estimate", response_model=Estimate)
def estimate(open_: OpenServices, conversation_id: str, body: DraftInConversation) -> Response:
    """What a question would take and cost here; nothing is sent to a model, and nothing is saved."""
    found = open_.estimates.in_conversation(
        conversation_id,
        body.text,
        parent_id=text_id(body.parent_id),
        at_head="parent_id" not in body.model_fields_set,
        model=body.model,
        given=[Given(**dict(each)) for each in body.attachments],
        given_of=text_id(body.given_of),
    )
    return record(found)


@router.post("/experiences/{experience_id}/estimate", response_model=Estimate)
def estimate_new(open_: OpenServices, experience_id: str, body: Draft) -> Response:
    """The same of the first question of a new conversation."""
    given = [Given(**dict(each)) for each in body.attachments]
    return record(open_.estimates.in_experience(experience_id, body.text, model=body.model, given=given))


@router.get("/conversations/{conversation_id}/draft", response_model=SavedDraft)
def get_draft(open_: OpenServices, conversation_id: str) -> Response:
    """What is written in a conversation and not sent yet; empty if nothing is."""
    return record(open_.drafts.get(open_.conversations.get(conversation_id).id))


@router.put("/conversations/{conversation_id}/draft", response_model=SavedDraft)
def save_draft(open_: OpenServices, conversation_id: str, body: NewDraft) -> Response:
    """Keep what is written in a conversation; the last one saved is the one there is."""
    place = open_.conversations.get(conversation_id)
    return record(open_.drafts.save(place.id, body.text, experience_id=place.experience_id))


@router.delete("/conversations/{conversation_id}/draft")
def remove_draft(open_: OpenServices, conversation_id: str) -> Response:
    """Keep nothing of what is written in a conversation."""
    open_.drafts.remove(open_.conversations.get(conversation_id).id)
    return record({})


@router.get("/experiences/{experience_id}/draft", response_model=SavedDraft)
def get_new_draft(open_: OpenServices, experience_id: str) -> Response:
    """What is written for a new conversation of an Experience; empty if nothing is."""
    return record(open_.drafts.get(open_.experiences.get(experience_id).id))


@router.put("/experiences/{experience_id}/draft", response_model=SavedDraft)
def save_new_draft(open_: OpenServices, experience_id: str, body: NewDraft) -> Response:
    """Keep what is written for a new conversation of an Experience; the last one saved is the one there is."""
    place = open_.experiences.get(experience_id)
    return record(open_.drafts.save(place.id, body.text, experience_id=place.id))


@router.delete("/experiences/{experience_id}/draft")
def remove_new_draft(open_: OpenServices, experience_id: str) -> Response:
    """Keep nothing of what is written for a new conversation of an Experience."""
    open_.drafts.remove(open_.experiences.get(experience_id).id)
    return record({})


@router.get("/messages/{message_id}", response_model=Message)
def get_message(open_: OpenServices, message_id: str) -> Response:
    """One message; a running one with what has been saved of it."""
    return record(open_.conversations.message(message_id))


@router.delete("/messages/{message_id}", response_model=BranchChange)
def delete_branch(open_: OpenServices, message_id: str) -> Response:
    """Delete a message and all that follows it; `restore` undoes it. Refused while a reply in it is written."""
    return record(open_.branches.delete(message_id))


@router.post("/messages/{message_id}/restore", response_model=BranchChange)
def restore_branch(open_: OpenServices, message_id: str) -> Response:
    """Bring back what was deleted with this message."""
    return record(open_.branches.restore(message_id))


@router.get("/messages/{message_id}/attachments/{number}", response_model=schemas.Given)
def get_attachment(open_: OpenServices, message_id: str, number: int) -> Response:
    """What was given with a question, counted from 0, with the data of a picture or a PDF."""
    return record(open_.conversations.attachment(message_id, number))


@router.get("/messages/{message_id}/stream", responses=EVENTS, response_class=StreamingResponse)
async def follow(open_: OpenServices, message_id: str) -> Response:
    """A reply as it arrives: `snapshot`, any number of `delta` and of `waiting` (why nothing comes), `done`."""
    following = open_.chat.follow(message_id)
    first = await anext(following)
    return stream(reply_events(cast(Message, first), following))


@router.post("/messages/{message_id}/stop", response_model=Message)
async def stop(open_: OpenServices, message_id: str) -> Response:
    """End a running reply; what has arrived is kept."""
    return record(await open_.chat.stop(message_id))


@router.post("/messages/{message_id}/retry", response_model=Message, status_code=201)
async def retry(open_: OpenServices, message_id: str, body: NewReply | None = None) -> Response:
    """Ask again: another reply to the same question, beside the first."""
    given = body or NewReply()
    reply = await open_.chat.retry(
        message_id,
        model=given.model,
        reply_id=text_id(given.reply_id),
        over_budget=given.over_budget,
        allow_rules=as_asked(given.allow_rules),
    )
    return record(reply, status=201)


@router.post("/messages/{message_id}/merge", response_model=Message, status_code=201)
async def merge(open_: OpenServices, message_id: str, body: NewMerge | None = None) -> Response:
    """Let a model merge the replies to a question: another reply, which says in `merged_from` what it was made of."""
    given = body or NewMerge()
    merged = await open_.chat.merge(
        message_id,
        model=given.model,
        replies=[str(each) for each in given.replies],
        reply_id=text_id(given.reply_id),
        over_budget=given.over_budget,
        allow_rules=as_asked(given.allow_rules),
    )
    return record(merged, status=201)


@router.post("/messages/{message_id}/continue", response_model=Message)
async def resume(open_: OpenServices, message_id: str, body: Continuation | None = None) -> Response:
    """Let a reply that did not end well go on from where it stopped."""
    given = body or Continuation()
    resumed = await open_.chat.resume(
        message_id, model=given.model, over_budget=given.over_budget, allow_rules=as_asked(given.allow_rules)
    )
    return record(resumed)


@router.put("/messages/{message_id}/rating", response_model=Message)
def rate(open_: OpenServices, message_id: str, body: NewRating) -> Response:
    """Give a reply that has ended a thumb, and a note beside it."""
    return record(open_.conversations.rate(message_id, body.rating, note=body.note))


@router.delete("/messages/{message_id}/rating", response_model=Message)
def remove_rating(open_: OpenServices, message_id: str) -> Response:
    """Take thumb and note back."""
    return record(open_.conversations.remove_rating(message_id))


async def reply_events(
    first: Message, following: AsyncIterator[Message | Piece | Waiting | None]
) -> AsyncIterator[bytes]:
    """The events of a stream: `snapshot`, any number of `delta` and of `waiting`, `done`."""
    yield event("snapshot", first)
    async for found in following:
        match found:
            case Piece(text=text, reasoning=reasoning):
                yield event("delta", {k: v for k, v in (("text", text), ("reasoning", reasoning)) if v})
            case Waiting():
                yield event("waiting", found)
            case Message():
                yield event("done", found)
            case None:
                yield HEARTBEAT
