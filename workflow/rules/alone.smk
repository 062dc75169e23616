# One workflow at a time in a folder, and no lock left behind by a killed one.
#
# Snakemake's own lock stays when Snakemake is killed. Every workflow therefore also holds a lock that
# the system frees with the process. Where nobody else holds it, Snakemake's lock is a leftover and goes.
# On a file system without locks, Snakemake's stays as it is: `snakemake --unlock` removes it.
import shutil

from ikmeanfield import locks

PRESENT, RUNNING = ".snakemake/ikmeanfield/present", ".snakemake/ikmeanfield/running"


def join_folder():
    """Hold the folder together with others; if there are none, remove what a killed one left."""
    try:
        alone = locks.take(PRESENT)
        leftover = sorted(Path(".snakemake/locks").glob("*.lock"))
        if alone is not None and leftover:
            for lock in leftover:
                lock.unlink(missing_ok=True)
            print("An earlier workflow here was killed; going on.", file=sys.stderr)
        if alone is not None:
            alone.close()
        elif who := locks.holder(RUNNING):
            print(f"A workflow is at work in this folder: {who}.", file=sys.stderr)
        return locks.share(PRESENT)
    except OSError as error:
        if locks.unsupported(error):
            return None
        raise WorkflowError(f"{Path.cwd()}: cannot work here ({error})") from None


def start_work():
    """Take the folder for this workflow, or stop."""
    try:
        taken = locks.take(RUNNING)
    except OSError as error:
        if locks.unsupported(error):
            return None
        raise
    if taken is None:
        raise WorkflowError(
            f"A workflow is at work in this folder: {locks.holder(RUNNING)}. "
            "Wait for it, or stop it first."
        )
    # Plans of other configurations would pile up.
    for stored in set(Path(PLAN_FOLDER).parent.iterdir()) - {Path(PLAN_FOLDER)}:
        shutil.rmtree(stored, ignore_errors=True)
    return taken


if workflow.is_main_process:
    HELD = [join_folder()]


onstart:
    if workflow.is_main_process:
        HELD.append(start_work())
