from pathlib import Path

import pytest

from training import device
from training.device import has_bfloat16


@pytest.mark.parametrize(
    ("told", "has"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 vaes\n", True),
        ("flags\t\t: fpu avx512f avx512_fp16 amx_bf16\n", True),
        ("Features\t: fp asimd bf16 i8mm\n", True),
        ("flags\t\t: fpu avx2 avx512f avx512_vnni\n", False),
        (None, False),
    ],
)
def test_bfloat16_is_taken_where_the_processor_is_known_to_have_it(
    told: str | None, has: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    if told is not None:
        file.write_text(told, "utf-8")
    monkeypatch.setattr(device, "PROCESSORS", file)
    assert has_bfloat16() is has
