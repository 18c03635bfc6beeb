"""What a model is told of what is given with a question, with the libraries themselves."""

import io
import json
import re
import subprocess
import sys
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import altair as alt
import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from PIL import Image

from workbench.client import Workbench
from workbench.client.given import describe, pictures
from workbench.client.given.columns import summary
from workbench.client.given.tables import LONGEST_COLUMNS, LONGEST_HEAD, MOST_SAMPLED, sample
from workbench.client.given.values import LONGEST
from workbench.client.opened import OpenExperience
from workbench.client.reply import Reply
from workbench.clock import utc_now
from workbench.conversations.attachments import LARGEST_PDF_BYTES, LARGEST_PICTURE_BYTES, LONGEST_TEXT, clean
from workbench.conversations.records import Given, Message
from workbench.errors import InvalidInputError

BEGAN = datetime(2024, 1, 1)  # noqa: DTZ001  (as a table without zones holds it)


def told(thing: object) -> Given:
    """How one thing is described; it is always what can be sent."""
    [given] = describe([thing], names={})
    assert clean([given]) == (given,)
    return given


def frame(rows: int = 1000) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": range(rows),
            "city": [None if n % 4 == 3 else ("Bern", "Basel", "Chur")[n % 4] for n in range(rows)],
            "at": [BEGAN + timedelta(hours=n) for n in range(rows)],
            "share": [float("nan") if n % 10 == 0 else n / 4 for n in range(rows)],
        },
        schema_overrides={"share": pl.Float64},
    )


def row_of(text: str, column: str) -> str:
    line, *_ = re.findall(rf"^\| {re.escape(column)} \|.*\|.*\|.*\|$", text, re.MULTILINE)
    return line


def made_with_each(source: pl.DataFrame) -> dict[str, object]:
    return {"polars DataFrame": source, "pandas DataFrame": source.to_pandas(), "pyarrow Table": source.to_arrow()}


@pytest.mark.parametrize("library", ["polars DataFrame", "pandas DataFrame", "pyarrow Table"])
def test_a_table_is_its_shape_its_columns_and_its_first_rows(library: str):
    given = told(made_with_each(frame())[library])
    assert given.kind == "table"
    assert given.text.startswith(f"1,000 rows × 4 columns ({library})\n")
    assert "sample" not in given.text
    assert row_of(given.text, "id").endswith("| 0 | 0 to 999, median 499.5 |")
    assert row_of(given.text, "city").endswith(
        '| 250 | 3 distinct, most often "Bern" (250), "Basel" (250), "Chur" (250) |'
    )
    assert row_of(given.text, "at").endswith(
        "| 0 | 2024-01-01 00:00:00 to 2024-02-11 15:00:00, median 2024-01-21 19:00:00 |"
    )
    assert row_of(given.text, "share").endswith("| 100 | 0.25 to 249.75, median 125 |")
    assert "The first 10 rows:\n\n| id | city | at | share |\n" in given.text
    assert "| 1 | Basel | 2024-01-01 01:00:00 | 0.25 |" in given.text
    assert "| 9 | Basel | 2024-01-01 09:00:00 | 2.25 |" in given.text
    assert "| 10 | Chur" not in given.text


def test_a_series_is_a_table_of_one_column():
    assert "| city | String | 250 |" in told(frame()["city"]).text
    assert "| city | str | 250 |" in told(frame().to_pandas()["city"]).text
    assert "| value | Int64 | 0 | always 7 |" in told(pl.Series([7, 7])).text
    assert told(pd.Series([1])).text.startswith("1 row × 1 column (pandas Series)")


def test_a_pandas_index_that_says_something_is_told():
    indexed = frame(20).to_pandas().set_index(["city", "at"])
    text = told(indexed).text
    assert text.startswith("20 rows × 2 columns (pandas DataFrame)")
    assert "| city | str, index | 5 |" in text
    assert "| city | at | id | share |" in text
    unnamed = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert "| index | str, index | 0 |" in told(unnamed).text


def test_columns_of_one_name_or_of_none_are_told_apart_by_their_place():
    twice = pd.DataFrame([[1, 2, 3]], columns=["a", "a", 0])
    assert "| a | a | 0 |\n| --- | --- | --- |\n| 1 | 2 | 3 |" in told(twice).text


def test_a_lazy_frame_is_not_computed():
    def explode(_: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError

    given = told(frame().lazy().map_batches(explode, schema=frame().schema))
    assert given.text.startswith("4 columns, of rows that have not been computed (polars LazyFrame)")
    assert "| share | Float64 |" in given.text
    with pytest.raises(InvalidInputError, match="cannot be told: ColumnNotFoundError"):
        told(frame().lazy().select("nothing"))


def test_arrays_are_tables_too():
    assert "| 1 | float64 | 0 | 1 to 9, median 5 |" in told(np.arange(12.0).reshape(3, 4)).text
    assert "| value | int64 | 0 | 0 to 2, median 1 |" in told(np.arange(3)).text
    fields = np.array([(1, 2.5)], dtype=[("n", "i4"), ("x", "f8")])
    assert "| x | float64 | 0 | always 2.5 |" in told(fields).text
    times = np.array(["2024-01-01", "NaT", "2024-01-03"], dtype="M8[ns]")
    assert "| 1 | 2024-01-01 00:00:00 to 2024-01-03 00:00:00," in told(times).text
    far = np.array([2**60, 0], dtype="M8[s]")
    assert "| 0 | 2 distinct, none twice, for example " in told(far).text
    assert f'"{far[0]}"' in told(far).text
    assert '"5 nanoseconds"' in told(np.array([5], dtype="m8[ns]")).text
    masked = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    assert "| value | int64 | 1 | 1 to 3, median 2 |" in told(masked).text
    cube = told(np.zeros((3, 4, 500)))
    assert cube.text.startswith("3 × 4 × 500 (numpy array, float64)\n\nValues: always 0; 0 missing")
    assert told(np.array(5)).kind == "value"


def test_an_empty_table_is_its_columns():
    for empty in made_with_each(frame(0)).values():
        text = told(empty).text
        assert text.startswith("0 rows × 4 columns")
        assert "| share |" in text
    assert told(pl.DataFrame()).text.startswith("0 rows × 0 columns")
    assert told(np.zeros((0, 3))).text.startswith("0 rows × 3 columns")


@pytest.mark.parametrize("kind", ["polars DataFrame", "pandas DataFrame", "pyarrow Table"])
def test_of_ten_million_rows_a_sample_is_looked_at(kind: str, monkeypatch: pytest.MonkeyPatch):
    rows = 10_000_000
    large = made_with_each(pl.DataFrame({"n": pl.int_range(rows, eager=True), "even": [True, False] * (rows // 2)}))[
        kind
    ]
    looked_at = []
    monkeypatch.setattr(
        "workbench.client.given.tables.summary", lambda values: looked_at.append(len(values)) or summary(values)
    )
    text = told(large).text
    assert looked_at == [MOST_SAMPLED, MOST_SAMPLED]
    assert text.startswith(f"10,000,000 rows × 2 columns ({kind})\n\nColumns, of a sample of 100,000 rows:")
    least, greatest = map(int, re.search(r"\| (\d+) to (\d+), median", text).groups())
    assert least < 1_000
    assert greatest > rows - 1_000
    odd, even = (int(count.replace(",", "")) for count in re.findall(r"(?:True|False) \(([\d,]+)\)", text))
    assert abs(odd - even) < MOST_SAMPLED / 100, "the sample must not beat with the rows"


@pytest.mark.parametrize("kind", ["polars DataFrame", "pandas DataFrame", "pyarrow Table", "numpy"])
def test_what_no_sample_holds_is_seen_at_the_ends_of_all_rows(kind: str):
    rows = 1_000_000
    values = np.arange(rows, dtype="f8")
    odd = next(row for row in range(500, rows) if row not in set(sample(rows, MOST_SAMPLED)))
    values[odd], values[odd + 20] = -1e9, np.nan
    frame = pl.DataFrame({"n": values, "whole": pl.int_range(rows, eager=True) + 7})
    text = told(values if kind == "numpy" else made_with_each(frame)[kind]).text
    assert re.search(r"\| \d+ to \d+, median \d+; of all rows -1e\+09 to 999999 \|", text)
    assert kind == "numpy" or "; of all rows 7 to 1000006 |" in text


def test_a_sample_is_spread_over_all_rows_without_a_rhythm():
    assert sample(5, 10) == range(5)
    rows = sample(1_000_000, 1_000)
    assert len(rows) == len(set(rows)) == 1_000
    assert [row // 1_000 for row in rows] == list(range(1_000))
    for period in (2, 7, 24, 100):
        counts = np.bincount([row % period for row in rows], minlength=period)
        assert counts.min() > 0.5 * 1_000 / period


def test_less_is_looked_at_where_there_are_many_columns_or_long_texts():
    wide = told(pl.DataFrame({f"c{n}": pl.int_range(50_000, eager=True) for n in range(60)}))
    assert "Columns, of a sample of 33,333 rows:" in wide.text
    long = told(pl.DataFrame({"text": ["x" * 2_000_000] * 100}))
    assert "Columns, of a sample of 52 rows:" in long.text


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({f"column {n}": ["long text " * 20] * 50 for n in range(2_000)}),
        pl.DataFrame({f"c{n}": [n] for n in range(500)}),
        pl.DataFrame({"a" * 10_000: ["b" * 100_000]}),
        pl.DataFrame({"a": [list(range(100_000))], "b": [{f"f{n}": n for n in range(500)}]}),
        pd.DataFrame({"a": [{"deep": [list(range(10_000))] * 1_000}], "b": [np.zeros(10_000)]}),
    ],
    ids=["long", "wide", "long name", "nested", "objects"],
)
def test_a_table_stays_short_whatever_is_in_it(table: object):
    given = told(table)
    assert len(given.text) < 8_000
    assert len(given.text) < LONGEST_COLUMNS + LONGEST_HEAD + 1_000


def test_what_is_left_out_of_a_wide_table_is_said():
    text = told(pl.DataFrame({f"c{n}": [n] for n in range(500)})).text
    assert "440 more columns left out." in text
    shown = len(re.findall(r"^\| c\d+ \| Int64 ", text, re.MULTILINE))
    assert shown == 60


def test_cells_cannot_leave_their_place():
    hostile = "| a\n```\n</details><script>alert(1)</script>\x1b[2J\u202e"
    text = told(pl.DataFrame({hostile: [hostile, hostile]})).text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"^(```|</details>)", text, re.MULTILINE)
    assert "\\| a↵```↵</details>" in text
    assert all(re.fullmatch(r"\|.*\|", line) for line in text.splitlines() if line.startswith("|"))


def test_values_that_cannot_be_ordered_or_counted_are_shown_by_example():
    assert summary([[1], [2]]) == (0, "for example [1]")
    assert summary([BEGAN, utc_now()])[1].startswith("for example 2024-01-01")
    assert summary([1, "a", 1]) == (0, '2 distinct, most often 1 (2), "a" (1)')
    assert summary(["a", "b", None]) == (1, '2 distinct, none twice, for example "a"')
    assert summary(["a", "a"]) == (0, 'always "a"')
    assert summary([None, float("nan")]) == (2, "")
    assert summary([2**2000, 1.5])[1].startswith("1.5 to ")


def test_a_column_that_python_cannot_hold_is_named_in_a_sentence():
    far = pl.Series("when", [2**60]).cast(pl.Datetime("ms"))
    for table in (far, far.to_frame(), pa.table({"when": pa.array([2**62], type=pa.timestamp("s"))})):
        with pytest.raises(InvalidInputError, match=r"values of its column '(when|value)' cannot be read") as refused:
            told(table)
        assert "Leave the column out" in refused.value.remedy


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.Series(["a", None, "b"], dtype=pl.Categorical), '| 1 | 2 distinct, none twice, for example "a" |'),
        (pl.Series([timedelta(days=1), timedelta(days=3)]), "| 0 | 1 day, 0:00:00 to 3 days, 0:00:00, median 1 day"),
        (pl.Series([object, object], dtype=pl.Object), "| 0 | always <class 'object'> |"),
        (pl.Series([float("inf"), 1.0, -1.0]), "| 0 | -1 to inf, median 1 |"),
        (pl.Series([None, None]), "| 2 |  |"),
        (pd.Series([1, None, 5], dtype="Int64"), "| 1 | 1 to 5, median 3 |"),
        (pd.Series(["x", None], dtype="category"), '| 1 | always "x" |'),
        (
            pd.Series([pd.NaT, pd.Timestamp("2024-01-01", tz="Europe/Zurich")]),
            "| 1 | always 2024-01-01 00:00:00+01:00 |",
        ),
        (pd.Series([{"a": 1}, None, float("nan"), pd.NA]), "| 3 | for example {'a': 1} |"),
        (pa.chunked_array([["a"], ["a", "b"]]), '| 0 | 2 distinct, most often "a" (2), "b" (1) |'),
        (pa.array(["a", "a"]).dictionary_encode(), '| 0 | always "a" |'),
    ],
)
def test_columns_of_every_kind_are_told(column: object, said: str):
    assert said in told(column).text


def test_nothing_that_is_given_is_changed():
    table, plot = frame(), figure()
    before = table.clone()
    size, dpi = plot.get_size_inches().copy(), plot.dpi
    limits = [axes.get_xlim() for axes in plot.axes]
    things = [table, plot, {"a": [1, 2]}]
    describe(things, names={})
    assert table.equals(before)
    assert (plot.get_size_inches() == size).all()
    assert plot.dpi == dpi
    assert [axes.get_xlim() for axes in plot.axes] == limits
    assert things[2] == {"a": [1, 2]}


def figure() -> Figure:
    plot = Figure(figsize=(8, 4))
    left, right = plot.subplots(1, 2)
    plot.suptitle("Sales")
    left.plot([BEGAN, BEGAN + timedelta(days=1)], [1.0, 4.0], label="north")
    left.set(title="By day", xlabel="day", ylabel="francs")
    right.bar(["a", "b"], [3, 5])
    right.scatter([0, 1, 2], [7, 8, 9], label="seen")
    right.text(0, 0, "note")
    return plot


def size_of(given: Given) -> tuple[int, int]:
    with Image.open(io.BytesIO(given.data)) as image:
        assert image.format == "PNG"
        return image.size


def test_a_matplotlib_figure_is_a_picture_and_what_it_shows():
    given = told(figure())
    assert (given.kind, given.media_type) == ("picture", "image/png")
    assert size_of(given) == (1200, 600)
    assert given.text.splitlines() == [
        "A matplotlib figure.",
        'Title: "Sales"',
        'Axes 1: titled "By day"; x is "day"; y is "francs"',
        '- line "north" of 2 points: x 2024-01-01 00:00:00 to 2024-01-02 00:00:00, median 2024-01-01 00:00:00; '
        "y 1 to 4, median 2.5",
        'Axes 2: x has "a", "b"',
        '- "seen" 3 points: x 0 to 2, median 1; y 7 to 9, median 8',
        "- 2 bars: 3 to 5, median 4",
        '- text "note"',
    ]


def test_axes_stand_for_their_figure():
    plot = figure()
    array = np.array(plot.axes)
    assert told(plot.axes[0]) == told(array) == told(plot)
    [inner] = [plot.add_subfigure(plot.add_gridspec(1, 1)[0])]
    assert told(inner.subplots()).kind == "picture"
    heat = Figure()
    heat.subplots().imshow(np.eye(3))
    assert "- image of 3 × 3: 0 to 1, median 0" in told(heat).text


def test_a_huge_figure_is_drawn_smaller():
    width, height = size_of(told(Figure(figsize=(100, 50), dpi=300)))
    assert (width, height) == (1600, 800)


def test_a_picture_is_made_smaller_until_it_fits(monkeypatch: pytest.MonkeyPatch):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1600, 1600, 4), dtype=np.uint8), "RGBA")
    given = told(noise)
    assert len(given.data) <= LARGEST_PICTURE_BYTES
    assert size_of(given) == (960, 960)
    monkeypatch.setattr(pictures, "LARGEST_PICTURE_BYTES", 1000)
    with pytest.raises(InvalidInputError, match="however small it is drawn"):
        told(noise)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "F", "I;16"])
def test_an_image_of_any_kind_is_a_png(mode: str):
    given = told(Image.new(mode, (3200, 2)))
    assert given.text == "An image of 3,200 × 2 pixels."
    assert size_of(given) == (1600, 1)


def chart() -> alt.Chart:
    rows = pl.DataFrame({"day": ["Mon", "Tue"], "count": [3, 5]})
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(x="day:N", y=alt.Y("mean(count):Q", title="Messages"), tooltip=["day:N", "count:Q"])
        .properties(title="A week")
    )


def test_a_chart_is_a_picture_and_what_it_shows():
    given = told(chart())
    assert (given.kind, given.media_type) == ("picture", "image/png")
    assert given.text.splitlines() == [
        "An altair chart.",
        "Title: A week",
        "Mark: bar",
        "- tooltip: day (nominal)",
        "- tooltip: count (quantitative)",
        "- x: day (nominal)",
        '- y: mean of count (quantitative), titled "Messages"',
        "Rows of data: 2",
    ]
    size_of(given)


def test_parts_of_a_chart_are_told_one_by_one():
    text = told((chart() + chart().mark_rule(color="red")) | chart().facet("day:N")).text
    assert text.count("Mark: bar") == 2
    assert "Part 2 (layer):\n    Mark: rule" in text.replace("    Title: A week\n", "")
    assert "Facet: day (nominal)" in text


def test_a_chart_that_altair_does_not_draw_is_refused():
    rows = pl.DataFrame({"x": range(6_000)})
    with pytest.raises(InvalidInputError, match=r"The chart cannot be drawn: .* rows") as refused:
        told(alt.Chart(rows).mark_point().encode(x="x:Q"))
    assert "give the table" in refused.value.remedy


def test_a_figure_that_matplotlib_does_not_draw_is_refused():
    broken = Figure()
    broken.suptitle(r"$\nonsense{$")
    with pytest.raises(InvalidInputError, match="The figure cannot be drawn: "):
        told(broken)


def test_a_plotly_figure_is_refused(monkeypatch: pytest.MonkeyPatch):
    class BaseFigure:
        """Stands for plotly's, which is not among the packages of the tests."""

    monkeypatch.setitem(sys.modules, "plotly.basedatatypes", SimpleNamespace(BaseFigure=BaseFigure))
    with pytest.raises(InvalidInputError, match="A plotly figure cannot be given"):
        told(BaseFigure())


def test_a_text_file_is_its_text(tmp_path: Path):
    path = tmp_path / "notes.md"
    path.write_text("# Notes\r\n\nÄ ```code```\n", encoding="utf-8", newline="")
    for thing in (path, str(path)):
        assert told(thing) == Given(kind="text", name="notes.md", text="# Notes\n\nÄ ```code```\n")
    (tmp_path / "marked.csv").write_bytes("a;b".encode("utf-16"))
    assert told(tmp_path / "marked.csv").text == "a;b"


def test_of_a_long_file_the_beginning_is_given_and_said_to_be(tmp_path: Path):
    for name, letter in (("ascii.txt", "a"), ("wide.txt", "\N{CAT FACE}")):
        path = tmp_path / name
        path.write_text(letter * 1_000_001, encoding="utf-8")
        given = told(path)
        assert len(given.text) <= LONGEST_TEXT
        kept = LONGEST_TEXT - 200
        assert given.text.startswith(letter * kept)
        assert re.search(rf"\(Cut: these are the first {kept:,} characters of a file of \S+ [KM]B.\)$", given.text)


def test_a_notebook_is_its_cells_and_what_they_wrote(tmp_path: Path):
    image = {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": ["<Figure>"]}}
    cells = [
        {"cell_type": "markdown", "source": "# Heat"},
        {"cell_type": "code", "source": ["x = 1\n", "x"], "outputs": [{"data": {"text/plain": "1"}}, image]},
        {"cell_type": "code", "source": "1/0", "outputs": [{"evalue": "division by zero"}]},
    ]
    path = tmp_path / "heat.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert told(path).text == (
        "[markdown cell]\n# Heat\n\n[code cell]\nx = 1\nx\n[output]\n1\n[output]\n<Figure>\n\n"
        "[code cell]\n1/0\n[output]\ndivision by zero"
    )
    path.write_text("[1, 2]", encoding="utf-8")
    assert told(path).text == "[1, 2]"


def test_a_picture_file_is_given_as_it_is(tmp_path: Path):
    for kind, media_type in (
        ("png", "image/png"),
        ("jpeg", "image/jpeg"),
        ("webp", "image/webp"),
        ("gif", "image/gif"),
    ):
        path = tmp_path / f"picture.{kind}"
        Image.new("RGB", (3, 3)).save(path, format=kind)
        given = told(path)
        assert (given.kind, given.name, given.media_type) == ("picture", path.name, media_type)
        assert given.data == path.read_bytes()
    path.write_bytes(b"GIF89a" + bytes(LARGEST_PICTURE_BYTES))
    with pytest.raises(InvalidInputError, match=r"has 5.0 MB; the largest allowed has 5.0 MB"):
        told(path)


def test_a_pdf_is_known_by_its_head_and_given_as_it_is(tmp_path: Path):
    path = tmp_path / "paper"
    path.write_bytes(b"%PDF-1.7\n\xff\x00\n%%EOF\n")
    assert told(path) == Given(kind="pdf", name="paper", media_type="application/pdf", data=path.read_bytes())
    path.write_bytes(b"%PDF-1.7" + bytes(LARGEST_PDF_BYTES))
    with pytest.raises(InvalidInputError, match=r"The PDF 'paper' has 10.0 MB; the largest allowed has 10.0 MB"):
        told(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04\xff", "a packed file"),
        (b"PAR1\x00", "a Parquet file"),
        (b"a\x00b", "no text in UTF-8"),
        ("Grüße".encode("latin-1"), "no text in UTF-8"),
    ],
)
def test_a_file_that_no_model_reads_is_refused(content: bytes, what: str, tmp_path: Path):
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=f"'file.bin' is {what}.*which cannot be given") as refused:
        told(path)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["no-such-file.md", "What is\nthis?", "a" * 10_000, "nul\0", "~nobody-here/x", ""])
def test_a_text_that_names_no_file_is_never_sent(text: str):
    with pytest.raises(InvalidInputError, match=r"There is no file|is a folder") as refused:
        told(text)
    assert refused.value.remedy
    assert len(str(refused.value)) < 300


def test_a_folder_and_an_empty_file_are_refused(tmp_path: Path):
    with pytest.raises(InvalidInputError, match="is a folder"):
        told(tmp_path)
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"'empty.txt' is empty"):
        told(tmp_path / "empty.txt")


@dataclass
class Trial:
    name: str
    runs: list["Trial"]
    token: str = field(default="hidden", repr=False)


def test_any_other_value_is_written_as_python_would():
    assert told(3).text == "A Python value, int:\n\n3"
    assert told(None).text == "A Python value, NoneType:\n\nNone"
    assert told(Trial("a", [Trial("b", [])])).text == (
        "A Python value, Trial:\n\nTrial(name='a', runs=[Trial(name='b', runs=[])])"
    )
    assert told(namedtuple("Point", "x y")(1, 2)).text.endswith("Point(x=1, y=2)")
    assert told({"b": {1}, "a": (1, "x"), "o": OrderedDict(c=2)}).text.endswith(
        "{'b': {1}, 'a': (1, 'x'), 'o': {'c': 2}}"
    )


@pytest.mark.parametrize(
    "value",
    [list(range(10**7)), dict.fromkeys(range(1000), "x" * 10000), "y".join("x" * 10**6).encode(), set(range(10**6))],
    ids=["list", "dict", "bytes", "set"],
)
def test_a_large_value_is_cut(value: object):
    text = told(value).text
    assert len(text) < LONGEST + 200
    assert "more" in text or "(cut after 4,000 characters)" in text


def test_a_value_that_holds_itself_has_an_end():
    circle: list[object] = [1]
    circle.append(circle)
    assert told(circle).text.count("[1, ") == 6


def test_a_value_whose_class_does_not_write_it_is_refused():
    class Broken:
        def __repr__(self) -> str:
            raise ZeroDivisionError

    for value in (Broken(), [Broken()], pd.DataFrame({"a": [Broken()]})):
        with pytest.raises(InvalidInputError, match="ended in ZeroDivisionError"):
            told(value)


def test_an_error_is_given_with_where_it_came_from():
    def fails(depth: int) -> None:
        if depth:
            fails(depth - 1)
        raise ValueError("x" * 3_500)

    try:
        fails(100)
    except ValueError as error:
        text = told(error).text
    assert text.startswith("(the beginning is left out)\n…")
    assert text.rstrip().endswith("x" * 3_500)
    assert len(text) < LONGEST + 100


def message(text: str) -> Message:
    ids = {"id": "m", "conversation_id": "c", "experience_id": "e"}
    return Message(**ids, author="assistant", text=text, created_at=utc_now(), updated_at=utc_now())


def test_a_reply_is_its_text(bench: Workbench):
    assert told(Reply(bench.conversations, message("**Blue**"))).text == "**Blue**"
    assert told(message("**Blue**")).kind == "text"
    with pytest.raises(InvalidInputError, match="holds no text"):
        told(Reply(bench.conversations, message("")))


def test_an_experience_is_refused(bench: Workbench):
    for thing in (OpenExperience.__new__(OpenExperience), bench):
        with pytest.raises(InvalidInputError, match="cannot be given with a question"):
            told(thing)


def test_things_are_called_as_their_variables(tmp_path: Path):
    first, second = frame(3), frame(4)
    path = tmp_path / "notes.md"
    path.write_text("x", encoding="utf-8")
    names = {"first": first, "a": second, "b": second, "_": first, "path": path}
    given = describe([first, second, path, figure(), 3.5], names=names)
    assert [each.name for each in given] == ["first", "table 2", "notes.md", "figure 4", "value 5"]
    assert [each.name for each in describe({"sales": second, "why": path}, names=names)] == ["sales", "why"]
    assert [each.name for each in describe(first, names=names)] == ["first"]
    assert describe(None, names=names) == describe([], names=names) == ()


def test_a_name_is_one_short_line():
    [given] = describe({"a\nb\x1b[2J" + "c" * 300: 1}, names={})
    assert given.name == "a b" + "c" * 197


def test_what_no_text_can_hold_is_replaced():
    assert told({"a": "\ud800"}).text.endswith(r"{'a': '\ud800'}")
    assert "| ? |" in told(pd.DataFrame({"a": ["\ud800"]}, dtype=object)).text


def test_more_than_twenty_things_are_refused():
    assert len(describe(list(range(20)), names={})) == 20
    with pytest.raises(InvalidInputError, match=r"At most 20 .* these are 21"):
        describe(list(range(21)), names={})


def test_nothing_is_loaded_for_it(tmp_path: Path):
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    libraries = ("polars", "pandas", "numpy", "altair", "matplotlib", "PIL", "IPython")
    code = (
        "import sys\nfrom workbench.client.given import describe\n"
        "describe(['notes.md', {'a': 1}, 3], names={})\n"
        f"print([m for m in {libraries} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.fixture(autouse=True)
def drawn_without_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mpl.rcParams, "backend", "agg")


def test_record_batches_and_chunks_are_read_like_tables():
    batches = pa.Table.from_batches(frame().to_arrow().to_batches(max_chunksize=7))
    assert told(batches).text == told(frame().to_arrow()).text
    [batch] = frame(5).to_arrow().to_batches()
    assert told(batch).text.startswith("5 rows × 4 columns (pyarrow RecordBatch)")
