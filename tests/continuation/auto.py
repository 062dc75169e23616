"""AUTO-07p, driven through files: equations, constants on standard input, results in fort.7.

Its Python interface is not used.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

AUTO_DIR = Path(os.environ.get("AUTO_DIR", "/usr/lib/auto-07p"))

#: For modules that need AUTO: skipped where it or a Fortran compiler is missing.
INSTALLED = [
    pytest.mark.skipif(
        not (AUTO_DIR / "lib" / "main.o").exists(),
        reason=f"AUTO-07p is not installed in {AUTO_DIR} (set AUTO_DIR)",
    ),
    pytest.mark.skipif(shutil.which("gfortran") is None, reason="gfortran is not installed"),
]

#: Routines that AUTO calls and none of our problems needs.
UNUSED = "".join(
    f"subroutine {name}\nend subroutine {name}\n" for name in ("bcnd", "icnd", "fopt", "pvls")
)


def build(folder, source):
    """Compile func and stpnt with AUTO; the program's path."""
    (folder / "problem.f90").write_text(source + UNUSED)
    objects = sorted(str(path) for path in (AUTO_DIR / "lib").glob("*.o"))
    command = ["gfortran", "-fopenmp", "-O", "-o", "problem", "problem.f90", *objects]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return str(folder / "problem")


def run(folder, program, constants, *, restart):
    """Run with these constants, from a labelled point of the run before if `restart` is true.

    Returns the words of every row of fort.7 that is not a comment.
    """
    if restart:
        (folder / "fort.8").replace(folder / "fort.3")
    else:
        (folder / "fort.3").unlink(missing_ok=True)
    done = subprocess.run(
        [program], input=constants, cwd=folder, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "fort.7").exists(), done.stdout + done.stderr
    rows = [line.split() for line in (folder / "fort.7").read_text().splitlines()]
    return [words for words in rows if words and words[0] != "0"]
