"""How a refusal has to sound."""

from collections.abc import Callable
from typing import TypeVar

from inspector.errors import InspectorError

LONGEST = 2000
"""Characters; a banner and a line of a log have to hold them."""

Result = TypeVar("Result")


def refusal(read: Callable[[], Result]) -> tuple[Result | None, str]:
    """What was read, or the sentence with which it was refused; anything else that is raised goes on."""
    try:
        return read(), ""
    except InspectorError as error:
        said = str(error)
        assert said
        assert said.isprintable(), f"not one line of text: {said[:300]!r}"
        assert len(said) <= LONGEST, f"{len(said)} characters: {said[:300]!r}"
        return None, said
