import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from inspector.reading import first_fault, parse_toml, read_bytes, shown


@pytest.mark.parametrize("size", [0, 1, 99, 100])
def test_a_file_is_read_up_to_the_limit(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"x" * size)
    assert read_bytes(tmp_path / "a", 100) == b"x" * size


def test_a_larger_file_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 101)
    with pytest.raises(OSError, match="too large, over 100 bytes"):
        read_bytes(tmp_path / "a", 100)
    with pytest.raises(OSError, match="it is no file"):
        read_bytes(tmp_path, 100)
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "b", 100)


def test_toml_is_what_the_parser_says() -> None:
    text = '[a.b.c]\nnumber = 1.5\n"d.e" = ["x.y", {f.g = 2}]'
    assert parse_toml(text) == tomllib.loads(text)


@given(st.text() | st.text("a.=[]{}\"'\n1 "))
def test_any_text_is_toml_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_toml(text)


def test_the_first_fault_has_its_place_where_it_has_one() -> None:
    class Inner(BaseModel):
        number: int

        @field_validator("number")
        @classmethod
        def _even(cls, number: int) -> int:
            if number % 2:
                raise ValueError("it is odd")
            return number

    class Outer(BaseModel):
        inner: list[Inner]

    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(ValidationError) as told:
        Outer.model_validate({"inner": [{"number": 2}, {"number": 3}, {"number": "x"}]})
    assert first_fault(told.value) == "inner.1.number: it is odd"
    with pytest.raises(ValidationError) as told:
        Outer.model_validate_json("[")
    assert first_fault(told.value).startswith("Invalid JSON")
    with pytest.raises(ValidationError) as told:
        Strict.model_validate({"a\nb" * 20: 1})
    assert first_fault(told.value) == f"{('a b' * 20)[:40]!r}: Extra inputs are not permitted"


def test_what_a_library_says_is_one_short_line() -> None:
    assert shown(ValueError("it is\n  wrong")) == "it is wrong"
    assert shown("\x1b[2J") == r"'\x1b[2J'"
    assert len(shown("x" * 5000)) < 700
