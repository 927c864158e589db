"""Exports that hold more than they show: an import writes what they hold nowhere, and is done soon."""

import os
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from fuzz.transfers import archive, members

from inspector.errors import InspectorError
from inspector.recipe_library import RecipeLibrary
from inspector.recipe_transfer import import_recipe


def refused(folder: Path, data: bytes) -> str:
    """What an import is refused with; it leaves nothing behind."""
    (folder / "in.zip").write_bytes(data)
    library = RecipeLibrary(folder / "recipes")
    with pytest.raises(InspectorError, match=r"in\.zip") as told:
        import_recipe(library, folder / "in.zip", "Eve")
    assert list(library.folder.iterdir()) == []
    return str(told.value)


def changed(mark: bytes, at: int, value: bytes) -> bytes:
    """An export, with other bytes behind the last mark."""
    data = bytearray(archive(list(members().items())))
    place = data.rindex(mark) + at
    data[place : place + len(value)] = value
    return bytes(data)


def test_the_export_itself_is_taken(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(archive(list(members().items())))
    assert import_recipe(RecipeLibrary(tmp_path / "recipes"), tmp_path / "in.zip", "Ana").recipe is not None


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_to_more_than_its_size_is_refused(tmp_path: Path, compression: int) -> None:
    files = [*members().items(), ("model/kinds.safetensors", bytes(4 << 20))]
    assert "too large" in refused(tmp_path, archive(files, compression))


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    assert "too large" in refused(tmp_path, changed(b"PK\1\2", 24, struct.pack("<L", 2**32 - 2)))


def test_a_list_of_members_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    assert "list of members" in refused(tmp_path, changed(b"PK\5\6", 12, struct.pack("<L", 1 << 20)))
    longer = archive(list(members().items()))
    end = longer.rindex(b"PK\5\6")
    assert "list of members" in refused(tmp_path, longer[:end] + b"PK\6\7" + bytes(16) + longer[end:])


@pytest.mark.parametrize(
    ("at", "value"), [(6, b"\xff\xff"), (8, b"\1\0"), (10, b"\x63\0"), (46, b"\xff\xfe"), (42, b"\xff" * 4)]
)
def test_a_broken_list_of_members_is_told(tmp_path: Path, at: int, value: bytes) -> None:
    """Each breaks the reading in a way of its own."""
    refused(tmp_path, changed(b"PK\1\2", at, value))


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    data = bytearray(changed(b"PK\1\2", 46, b"\xff\xfe"))
    place = data.rindex(b"PK\1\2") + 8
    data[place : place + 2] = struct.pack("<H", 0x800)  # it says that its name is UTF-8
    assert "can't be read as an exported recipe" in refused(tmp_path, bytes(data))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are those of Unix")
@pytest.mark.parametrize("name", ["in.zip", "in.toml"])
def test_a_pipe_is_told(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InspectorError, match="it is no file"):
        import_recipe(RecipeLibrary(tmp_path / "recipes"), tmp_path / name, "Eve")
