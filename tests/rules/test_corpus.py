from collections import Counter

import pytest

from tests.rules.corpus import ITEMS, SECRET_KINDS
from tests.rules.made import rule
from workbench.rules import detectors
from workbench.rules.streams import INCOMING, StreamFilter, watch

FAMILIES = {
    "provider keys": SECRET_KINDS - {"private-key", "password"},
    "private keys": {"private-key"},
    "passwords": {"password"},
    "cards": {"card"},
    "account numbers": {"iban"},
    "e-mail addresses": {"email"},
    "telephone numbers": {"phone"},
    "names in context": {"name"},
    "social security numbers": {"social-security"},
}
FLOORS = {
    # What has a form and a check has no excuse; a password, a telephone number without a country and a name have no
    # form of their own, and of these a few may be missed, or be something else.
    "passwords": (0.9, 0.9),
    "telephone numbers": (0.95, 0.95),
    "names in context": (0.9, 0.9),
}


def test_the_corpus_is_large_enough_and_covers_fifteen_providers_and_look_alikes():
    kinds = Counter(item.kind for item in ITEMS if item.secret)

    assert len(ITEMS) >= 300
    assert len(set(kinds) & FAMILIES["provider keys"]) >= 15
    assert len({item.text for item in ITEMS}) == len(ITEMS)
    assert sum(not item.secret for item in ITEMS) >= 80


@pytest.mark.parametrize("family", FAMILIES)
def test_recall_and_precision_of_each_kind_are_above_their_floors(family, record_property, capsys):
    found = missed = wrong = 0
    for item in ITEMS:
        if item.kind not in FAMILIES[family]:
            continue
        taken = _taken(item)
        hit = bool(item.secret) and any(one in item.secret or item.secret in one for one in taken)
        found += hit
        missed += bool(item.secret) and not hit
        wrong += bool(taken) and not item.secret
        if (bool(item.secret) and not hit) or (taken and not item.secret):
            print("failed:", item.kind, repr(item.text[:70]), taken)
    recall, precision = found / (found + missed), found / (found + wrong)
    record_property("recall", recall)
    record_property("precision", precision)
    with capsys.disabled():
        print(f"\n{family}: recall {recall:.3f} of {found + missed}, precision {precision:.3f}", end=" ")

    assert (recall, precision) >= FLOORS.get(family, (1, 1))
    assert precision >= FLOORS.get(family, (1, 1))[1]


def test_nothing_of_what_is_found_is_left_in_the_text():
    together = watch([rule("secrets"), rule("personal")], INCOMING)
    for item in ITEMS:
        shown = StreamFilter(together)
        text = shown.feed(item.text) + shown.finish()

        assert not shown.found or not item.secret or item.secret not in text, item.text


def test_each_detector_is_tried_by_the_corpus():
    of_both = {*detectors.names("secrets"), *detectors.names("personal")}

    assert of_both - {item.kind for item in ITEMS} <= {"shopify"}


def _taken(item) -> list[str]:
    kind = "secrets" if item.kind in SECRET_KINDS or item.kind in detectors.names("secrets") else "personal"
    shown = StreamFilter(watch([rule(kind)], INCOMING))
    shown.feed(item.text)
    shown.finish()
    return [one.taken for one in shown.found]
