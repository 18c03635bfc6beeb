import json

from hypothesis import given
from hypothesis import strategies as st

from workbench.cli.output import fitted, padded, print_json, table, width


def test_columns_are_aligned_by_what_they_take_on_a_screen():
    lines = table(("Name", "State"), [("物理学", "active"), ("Café", "trashed"), ("👩‍💻", "active")])
    assert {width(line[: line.index("a" if "active" in line else "t")]) for line in lines[1:2]} == {8}
    assert [width(line.rpartition("  ")[0]) for line in lines[1:]] == [6, 6, 6]


def test_long_cells_are_cut_to_the_terminal_and_ids_are_not():
    lines = table(("Title", "Id"), [("a" * 100, "0123456789")], whole=("Id",), limit=40)
    assert all(width(line) <= 40 for line in lines)
    assert lines[1].endswith("…  0123456789")


def test_without_a_terminal_nothing_is_cut():
    assert "a" * 300 in table(("Title",), [("a" * 300,)])[1]


@given(st.text(max_size=30), st.integers(2, 20))
def test_a_cell_takes_exactly_its_columns(text: str, columns: int):
    shown = " ".join("".join(c for c in text if c.isprintable()).split())
    assert width(padded(shown, columns)) == columns


@given(st.lists(st.integers(1, 200), min_size=1, max_size=6), st.integers(10, 200))
def test_only_what_is_wider_than_needed_is_narrowed(widths: list[int], limit: int):
    narrowed = fitted(widths, [False] * len(widths), limit)
    assert all(after <= before for before, after in zip(widths, narrowed, strict=True))
    assert sum(narrowed) <= max(limit, 8 * len(widths))


def test_json_escapes_what_a_terminal_would_obey_and_loses_nothing(capsys):
    text = "a\x1b[31m\x9b2J\u202eb\n"
    print_json({"text": text})
    printed = capsys.readouterr().out
    assert not set("\x1b\x9b\u202e") & set(printed)
    assert json.loads(printed) == {"text": text}
