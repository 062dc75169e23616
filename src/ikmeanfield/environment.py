"""Environment variables that must be set before numpy and numba are loaded."""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SINGLE_THREAD = dict.fromkeys(_POOLS, "1")
"""One core for each job, because the workflow runs jobs in parallel."""
_FAMILIES = {"theories": ("THEORIES",), "stationary": ("NETWORKS", "THEORIES")}
"""What the kernels of an engine are compiled from, if not from the code of networks alone."""
_COMPILED_AGAIN = "IKMEANFIELD_COMPILED_AGAIN"

_NEWER_THAN_BASELINE = (
    "AVX F16C FMA3 FMA4 XOP AVX2 X86_V3 AVX512F AVX512CD AVX512_KNL AVX512_KNM AVX512_SKX "
    "AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
)
_CORE = {"x86_64": "Nehalem", "AMD64": "Nehalem", "aarch64": "ARMV8", "arm64": "ARMV8"}

PORTABLE = {
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": _NEWER_THAN_BASELINE,
    "OPENBLAS_CORETYPE": _CORE.get(platform.machine(), "generic"),
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX2_Usable,-FMA_Usable",
}
"""Settings by which numba, numpy, BLAS and the C library use no processor-specific code."""


def single_thread() -> None:
    """Let the numerical libraries use one thread, unless the user has set another number."""
    for name, value in SINGLE_THREAD.items():
        os.environ.setdefault(name, value)


def end_with_workflow() -> None:
    """If a workflow started this process, end it soon after that workflow ends.

    A killed workflow cannot stop its jobs. Without this they would continue, unknown to the next
    workflow, which starts the same work again.
    """
    workflow = os.environ.get("IKMEANFIELD_WORKFLOW", "")
    if workflow.isdigit() and _lives(int(workflow)):  # in a container it may be invisible
        threading.Thread(target=_wait_for_end, args=(int(workflow),), daemon=True).start()


def _wait_for_end(process: int) -> None:
    while _lives(process):
        time.sleep(0.5)
    print(f"stopped: the workflow that started this, process {process}, is gone", file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is alive and belongs to someone else
    return True


def kernels_of(engines: Iterable[str]) -> str:
    """What to call the compiled kernels of some engines together, for example ``NETWORKS``."""
    families = {name for engine in engines for name in _FAMILIES.get(engine, ("NETWORKS",))}
    return "_AND_".join(sorted(families))


def use_kernels(engines: Iterable[str]) -> None:
    """Under the workflow, keep compiled kernels in the folder that it has for these engines."""
    folder = os.environ.get(f"IKMEANFIELD_KERNELS_{kernels_of(engines)}")
    if folder:
        os.environ["NUMBA_CACHE_DIR"] = folder


def ensure(portable: bool) -> None:
    """Restart this command with portable settings if they are wanted and not yet in effect."""
    if portable and any(os.environ.get(name) != value for name, value in PORTABLE.items()):
        command = [sys.executable, "-m", "ikmeanfield", *sys.argv[1:]]
        sys.stdout.flush()
        os.execve(sys.executable, command, os.environ | PORTABLE)


def compile_again() -> None:
    """Remove the compiled kernels in NUMBA_CACHE_DIR and restart this command, once.

    This repairs kernels that a power cut or a full disk has truncated, which numba cannot read.
    """
    folder = os.environ.get("NUMBA_CACHE_DIR")
    if not folder or os.environ.get(_COMPILED_AGAIN):
        return
    print(f"compiled kernels in {folder} are damaged; compiling again", file=sys.stderr, flush=True)
    for path in Path(folder).rglob("*.nb[ci]"):
        path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "ikmeanfield", *sys.argv[1:]]
    os.execve(sys.executable, command, {**os.environ, _COMPILED_AGAIN: "1"})
