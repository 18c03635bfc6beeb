import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import ModelFileError
from workbench.providers.gguf import read_header


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


PAIRS = (
    pair("general.architecture", 8, string("llama")),
    pair("general.name", 8, string("Grüße 1B")),
    pair("llama.context_length", 4, struct.pack("<I", 2048)),
    pair("llama.block_count", 4, struct.pack("<I", 4)),
    pair("llama.embedding_length", 4, struct.pack("<I", 64)),
    pair("llama.attention.head_count", 4, struct.pack("<I", 8)),
    pair("llama.attention.head_count_kv", 4, struct.pack("<I", 2)),
    pair("tokenizer.chat_template", 8, string("{{ messages }}")),
    pair("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 3) + string("a") + string("b") + string("c")),
    pair("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 5000) + bytes(4 * 5000)),
)
TENSOR = string("output.weight") + struct.pack("<IQQIQ", 2, 8, 8, 0, 0)


def gguf(*, pairs=PAIRS, version=3, tensors=(TENSOR,), data=bytes(4096)) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs))
    return head + b"".join(pairs) + b"".join(tensors) + data


@pytest.fixture
def header_of(tmp_path):
    def read(data: bytes):
        path = tmp_path / "model.gguf"
        path.write_bytes(data)
        return read_header(path)

    return read


def test_a_header_says_what_the_model_is(header_of):
    header = header_of(gguf())
    assert (header.name, header.architecture, header.context_tokens) == ("Grüße 1B", "llama", 2048)
    assert header.has_chat_template
    assert header.cache_bytes_per_token == 4 * 2 * (8 + 8) * 2
    assert header.size_bytes == len(gguf())


def test_key_heads_may_differ_from_layer_to_layer(header_of):
    varying = pair("llama.attention.head_count_kv", 9, struct.pack("<IQ", 4, 4) + struct.pack("<4I", 2, 0, 2, 0))
    header = header_of(gguf(pairs=(*PAIRS[:6], varying, *PAIRS[7:])))
    assert header.cache_bytes_per_token == 4 * (8 + 8) * 2


def test_what_the_header_does_not_say_is_unknown(header_of):
    header = header_of(gguf(pairs=PAIRS[:1]))
    assert (header.name, header.context_tokens, header.cache_bytes_per_token) == ("", None, None)
    assert not header.has_chat_template


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGUF",
        b"PK\x03\x04" + bytes(100),
        gguf(version=99),
        gguf(pairs=()),
        gguf(tensors=()),
        gguf(data=b""),
        gguf(tensors=(string("w") + struct.pack("<IQQIQ", 2, 8, 8, 0, 1 << 40),)),
        gguf(pairs=(*PAIRS[:1], pair("x", 8, struct.pack("<Q", 1 << 62)))),
        gguf(pairs=(*PAIRS[:1], pair("x", 9, struct.pack("<IQ", 4, 1 << 62)))),
        gguf(pairs=(*PAIRS[:1], pair("x", 77, b""))),
        gguf(pairs=(*PAIRS[:1], pair("x", 9, struct.pack("<IQ", 9, 1) * 50))),
    ],
)
def test_a_file_that_is_no_whole_gguf_is_refused(header_of, data):
    with pytest.raises(ModelFileError) as raised:
        header_of(data)
    assert raised.value.remedy


def test_a_header_cut_anywhere_is_refused(header_of):
    data = gguf()
    body = len(data) - 4096
    for at in (*range(600), *range(600, body, 997)):
        with pytest.raises(ModelFileError):
            header_of(data[:at])


@given(st.binary(max_size=300))
def test_random_bytes_after_the_magic_are_refused_or_read(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("gguf") / "model.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<I", 3) + data)
    with pytest.raises(ModelFileError):
        read_header(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"gone\.gguf"):
        read_header(tmp_path / "gone.gguf")
