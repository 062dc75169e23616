"""Machine code on disk belongs to all sources it was made from."""

import re
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from ikmeanfield.spiking import compiled, euler, exact, flow, layout, passes, series


def test_the_digest_follows_every_file(tmp_path: Path) -> None:
    """Oracle: content, name and number of files each change it; order and dates do not."""
    seen = set()

    def digest() -> str:
        seen.add(compiled.source_digest(tmp_path))
        return compiled.source_digest(tmp_path)

    (tmp_path / "a.py").write_text("x = 1\n")
    first = digest()
    (tmp_path / "b.py").write_text("y = 1\n")
    digest()
    (tmp_path / "b.py").write_text("y = 2\n")
    digest()
    (tmp_path / "b.py").rename(tmp_path / "c.py")
    digest()
    (tmp_path / "c.py").unlink()
    (tmp_path / "a.py").write_text("x = 1\n")
    assert digest() == first
    assert len(seen) == 4


def test_every_kernel_carries_the_digest_of_the_package() -> None:
    """Oracle: numba's own record of what a kernel's cache depends on."""
    expected = compiled.source_digest(Path(compiled.__file__).parent)
    kernels = {
        id(value): value
        for module in (series, flow, layout, passes, exact, euler)
        for value in vars(module).values()
        if isinstance(value, CPUDispatcher)
    }
    assert len(kernels) > 15
    for kernel in kernels.values():
        file = kernel._cache._cache_file
        assert file._source_stamp == expected, numba.__version__
        assert file._version == f"{numba.__version__} {expected}", "an old index is never unpickled"


CELL = numba.typeof(passes.Cell(True, *np.ones(len(passes.Cell._fields) - 1)))
MARKS = numba.uint8[::1]


@pytest.mark.parametrize("state", [numba.float64[::1], numba.float32[::1]])
@pytest.mark.parametrize(
    ("kernel", "states", "others"),
    [
        (passes._glide_own, 3, (numba.none, MARKS, CELL, numba.float64)),
        (passes._glide_shared, 2, (numba.none, MARKS, CELL, numba.float64)),
        (passes._carry_one_spike, 3, (numba.none, CELL)),
    ],
)
def test_neurons_are_stored_without_masks(
    kernel: Any, states: int, others: tuple[Any, ...], state: Any
) -> None:
    """Oracle: the machine code; on Zen 3, masked stores of 256 bits took half of a step's time."""
    given = {"error_model": "numpy", "fastmath": kernel.targetoptions["fastmath"]}
    compiled_anew = numba.njit(**given)(kernel.py_func)
    signature = (state,) * states + others
    compiled_anew.compile(signature)
    code = compiled_anew.inspect_asm(signature)
    assert "ret" in code
    assert not re.findall(r"vmaskmov\w+\s+%\w+, %\w+, \S*\(", code)
