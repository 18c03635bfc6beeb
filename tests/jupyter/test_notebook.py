"""An Experience's notebook: made once, found again wherever it was put, and nobody's file written over."""

import asyncio
import copy
import json
import shutil
import time

import nbformat
import pytest
from jupyter_server.services.contents.manager import ContentsManager
from tornado.web import HTTPError

from tests.jupyter.fake_owner import say
from workbench.clock import new_id
from workbench.jupyter.notebook import Belonging, Shelf, experience_of

ID = "0190d3a8-7c2e-7b1a-9c3d-2f4e5a6b7c8d"
SLUG = "learn-rust"
PLACE = f"Experiences/{SLUG}/{SLUG}.ipynb"


def experience(**changes):
    return {"id": ID, "name": "Learn Rust", "slug": SLUG, "description": "Ownership, slowly.", **changes}


@pytest.fixture
def told(owner):
    """What the owner says about the Experience; a test may change it."""
    record = experience()

    async def tell(_owner, _seen, _reader, writer):
        await say(writer, 200, record)

    owner.routes[f"experiences/{ID}"] = tell
    return record


@pytest.fixture
def ask(browser, told):
    async def ask(body=None, headers=None):
        return await browser.ask(
            "POST",
            browser.base_url + "workbench/notebook",
            browser.by_token if headers is None else headers,
            json.dumps({"experience_id": ID}).encode() if body is None else body,
        )

    return ask


@pytest.fixture
def open_it(ask):
    async def open_it():
        reply = await ask()
        assert reply.status == 200, reply.body
        return reply.json()

    return open_it


async def test_the_first_opening_makes_folder_and_notebook(open_it, jp_root_dir):
    assert await open_it() == {"folder": f"Experiences/{SLUG}", "path": PLACE, "created": True}
    notebook = nbformat.read(jp_root_dir / PLACE, as_version=4)
    nbformat.validate(notebook)
    first, second = notebook.cells
    assert first.cell_type == "markdown"
    assert first.source.startswith("# Learn Rust\n\nOwnership, slowly\\.")
    assert (second.cell_type, second.source) == ("code", "")
    assert notebook.metadata.kernelspec.name == "python3"
    assert dict(notebook.metadata) == {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
        "workbench": {"experience": ID},
    }


async def test_the_second_opening_finds_it_as_it_was_left(open_it, jp_root_dir):
    await open_it()
    notebook = nbformat.read(jp_root_dir / PLACE, as_version=4)
    notebook.cells[1].source = "1 + 1"
    nbformat.write(notebook, jp_root_dir / PLACE)
    before = (jp_root_dir / PLACE).read_bytes()
    assert await open_it() == {"folder": f"Experiences/{SLUG}", "path": PLACE, "created": False}
    assert (jp_root_dir / PLACE).read_bytes() == before


@pytest.mark.parametrize("to", ["Experiences/mine.ipynb", f"Experiences/{SLUG}/other name.ipynb", "a/b/c/é ✓.ipynb"])
async def test_a_notebook_moved_by_hand_is_found(open_it, jp_root_dir, to):
    await open_it()
    (jp_root_dir / to).parent.mkdir(parents=True, exist_ok=True)
    (jp_root_dir / PLACE).rename(jp_root_dir / to)
    found = await open_it()
    assert (found["path"], found["created"]) == (to, False)
    assert found["folder"] == to.rpartition("/")[0]


async def test_a_folder_moved_by_hand_is_found(open_it, jp_root_dir):
    await open_it()
    (jp_root_dir / "Experiences").rename(jp_root_dir / "Old work")
    assert (await open_it())["path"] == f"Old work/{SLUG}/{SLUG}.ipynb"


async def test_the_original_wins_over_its_copies(open_it, jp_root_dir):
    await open_it()
    for copied in ("A.ipynb", f"Experiences/{SLUG}/A.ipynb"):
        shutil.copy(jp_root_dir / PLACE, jp_root_dir / copied)
    assert (await open_it())["path"] == PLACE


async def test_a_deleted_notebook_is_made_again(open_it, jp_root_dir):
    await open_it()
    (jp_root_dir / PLACE).unlink()
    assert await open_it() == {"folder": f"Experiences/{SLUG}", "path": PLACE, "created": True}


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"metadata": 7}', b"\xff\xfe\x00", b"[" * 100_000])
async def test_a_file_of_somebody_elses_is_left_alone(open_it, jp_root_dir, content):
    (jp_root_dir / PLACE).parent.mkdir(parents=True)
    (jp_root_dir / PLACE).write_bytes(content)
    made = await open_it()
    assert made == {"folder": f"Experiences/{SLUG}", "path": f"Experiences/{SLUG}/{SLUG}-2.ipynb", "created": True}
    assert (jp_root_dir / PLACE).read_bytes() == content
    assert (await open_it())["created"] is False


async def test_another_experiences_notebook_is_left_alone(open_it, told, jp_root_dir):
    await open_it()
    (jp_root_dir / PLACE).write_text((jp_root_dir / PLACE).read_text().replace(ID, new_id()))
    assert (await open_it())["path"] == f"Experiences/{SLUG}/{SLUG}-2.ipynb"


async def test_files_where_the_folders_should_be_are_left_alone(open_it, jp_root_dir):
    (jp_root_dir / "Experiences").write_text("mine")
    assert (await open_it())["path"] == f"Experiences-2/{SLUG}/{SLUG}.ipynb"
    assert (jp_root_dir / "Experiences").read_text() == "mine"
    assert (await open_it())["created"] is False


async def test_a_folder_of_the_notebooks_name_is_left_alone(open_it, jp_root_dir):
    (jp_root_dir / PLACE).mkdir(parents=True)
    assert (await open_it())["path"] == f"Experiences/{SLUG}/{SLUG}-2.ipynb"


async def test_renaming_the_experience_moves_nothing(open_it, told):
    await open_it()
    told["name"] = "Learn Zig"
    assert await open_it() == {"folder": f"Experiences/{SLUG}", "path": PLACE, "created": False}


@pytest.mark.parametrize(
    "name",
    ["a/b/../c", "🦀 \u202edesrever", "![x](http://sink/i.png)", "<img src=x onerror=y>", "# $x$ `y`\n---\n| a |"],
)
async def test_a_strange_name_is_shown_and_does_nothing(open_it, told, jp_root_dir, name):
    told["name"] = told["description"] = name
    assert (await open_it())["path"] == PLACE
    source = nbformat.read(jp_root_dir / PLACE, as_version=4).cells[0].source
    assert "![" not in source
    assert "](" not in source
    assert "<img" not in source.replace("\\<img", "")
    assert source.splitlines()[0].replace("\\", "") == "# " + " ".join(name.split())


async def test_two_openings_at_once_make_one_notebook(open_it, jp_root_dir):
    both = await asyncio.gather(open_it(), open_it(), open_it())
    assert sorted(place["created"] for place in both) == [False, False, True]
    assert [file.name for file in (jp_root_dir / PLACE).parent.glob("*.ipynb")] == [f"{SLUG}.ipynb"]


async def test_the_search_ends_in_a_tree_without_end(open_it, jp_root_dir):
    for number in range(1500):
        folder = jp_root_dir / f"d{number % 50}" / f"e{number}"
        folder.mkdir(parents=True)
        (folder / "n.ipynb").write_text("{}")
    (jp_root_dir / "loop").symlink_to(jp_root_dir, target_is_directory=True)
    began = time.perf_counter()
    assert (await open_it())["created"] is True
    took_s = time.perf_counter() - began
    print(f"\nsearched 1,500 folders in part, {took_s:.2f} s")
    assert took_s < 5


async def test_a_folder_that_cannot_be_written_is_named(ask, jp_serverapp, monkeypatch):
    def refuse(model, path):
        raise HTTPError(403, f"Permission denied: {path}")

    monkeypatch.setattr(jp_serverapp.contents_manager, "save", refuse)
    reply = await ask()
    assert (reply.status, reply.json()["code"]) == (403, "access_denied")
    assert "Permission denied" in reply.json()["message"]
    assert reply.json()["remedy"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"7", b"not json", b"\xff", b'{"experience_id": 7}', b'{"experience_id": "../status"}']
)
async def test_a_request_without_an_experience_is_refused(ask, owner, body):
    reply = await ask(body)
    assert (reply.status, reply.json()["code"]) == (422, "invalid_input")
    assert owner.requests == []


async def test_an_experience_that_is_not_there_is_told_as_the_owner_tells_it(ask, owner, jp_root_dir):
    missing = {"code": "not_found", "message": "No Experience.", "remedy": "Look again."}

    async def tell(_owner, _seen, _reader, writer):
        await say(writer, 404, missing)

    owner.routes[f"experiences/{ID}"] = tell
    reply = await ask()
    assert (reply.status, reply.json()) == (404, missing)
    assert list(jp_root_dir.iterdir()) == []


async def test_without_sign_in_and_xsrf_nothing_is_made(ask, browser, jp_root_dir):
    assert (await ask(headers={})).status == 403
    assert (await ask(headers=await browser.by_cookie())).status == 403
    assert list(jp_root_dir.iterdir()) == []


async def test_who_may_not_write_files_makes_none(ask, jp_serverapp, jp_root_dir):
    class NoFiles:
        def is_authorized(self, handler, user, action, resource):
            return resource != "contents"

    jp_serverapp.web_app.settings["authorizer"] = NoFiles()
    assert (await ask()).status == 403
    assert list(jp_root_dir.iterdir()) == []


class MemoryContents(ContentsManager):
    """Files in a dictionary, all of it synchronous: as far from Jupyter's own as they come."""

    def __init__(self):
        super().__init__()
        self.files = {"": None}

    def file_exists(self, path):
        return self.files.get(path) is not None

    def dir_exists(self, path):
        return path in self.files and self.files[path] is None

    def get(self, path, content=True, type=None, format=None):  # noqa: A002 - Jupyter's names
        if path not in self.files:
            raise HTTPError(404)
        if type == "directory":
            names = [name for name in self.files if name and name.rpartition("/")[0] == path]
            return {"type": "directory", "content": [self.entry(name) for name in names]}
        if type == "file":
            return {"type": "file", "content": json.dumps(self.files[path])}
        raise HTTPError(400)

    def entry(self, path):
        kind = "directory" if self.files[path] is None else "notebook"
        return {"type": kind, "path": path, "name": path.rpartition("/")[2]}

    def save(self, model, path):
        self.files[path] = copy.deepcopy(model.get("content"))
        return model


async def test_any_contents_manager_will_do(recwarn):
    contents = MemoryContents()
    shelf = Shelf(contents)
    about = Belonging(**experience())
    made = await shelf.open(about)
    assert (made.path, made.created) == (PLACE, True)
    contents.files["elsewhere.ipynb"] = contents.files.pop(PLACE)
    found = await shelf.open(about)
    assert (found.folder, found.path, found.created) == ("", "elsewhere.ipynb", False)
    assert not recwarn.list


@pytest.mark.parametrize("text", ["", "null", "[]", '{"metadata": {"workbench": {"experience": 7}}}', "[" * 100_000])
def test_a_file_that_names_no_experience_belongs_to_none(text):
    assert experience_of(text) is None
