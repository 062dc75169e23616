# One workflow at a time in a folder, without locks that a killed workflow leaves behind.
#
# When Snakemake is killed, its own lock remains. Every workflow therefore also holds a lock that the
# system releases when the process ends. If no other process holds that lock, Snakemake's lock is a
# leftover and is removed. On a file system without locks, Snakemake's lock is left as it is, and
# `snakemake --unlock` removes it.
import base64
import shutil

from ikmeanfield import locks

PRESENT, RUNNING = ".snakemake/ikmeanfield/present", ".snakemake/ikmeanfield/running"


def join_folder():
    """Share the folder with other processes; if there are none, remove a leftover lock."""
    try:
        alone = locks.take(PRESENT)
        leftover = sorted(Path(".snakemake/locks").glob("*.lock"))
        if alone is not None and leftover:
            for lock in leftover:
                lock.unlink(missing_ok=True)
            print("An earlier workflow here was killed; continuing.", file=sys.stderr)
        if alone is not None:
            trust_compiled_kernels()
            remove_parts_of_findings()
            alone.close()
        elif who := locks.holder(RUNNING):
            print(f"A workflow is running in this folder: {who}.", file=sys.stderr)
        return locks.share(PRESENT)
    except OSError as error:
        if locks.unsupported(error):
            return None
        raise WorkflowError(f"{Path.cwd()}: cannot work here ({error})") from None


def trust_compiled_kernels():
    """Remove Snakemake's marks that compiled kernels are incomplete.

    Their stamp is written last, so kernels that have one are complete, even if the workflow was killed
    before it noticed. Snakemake would compile them again and, because batches take them as `ancient`,
    would not look at any job that depends on them: it would end with success and without results.
    """
    for stamp in Path("results/kernels").glob("*/*.txt"):
        mark = base64.urlsafe_b64encode(str(stamp).encode()).decode()
        Path(".snakemake/incomplete", mark).unlink(missing_ok=True)


def remove_parts_of_findings():
    """Remove the folders of claims in which a file is missing, so that they are judged again.

    To Snakemake such a folder is one output, which is there; and it makes what is missing again only
    if something else that needs it has to be made, as the table of all claims then has.
    """
    for place in CLAIM_PLACES:
        file = Path(f"results/claims/{place}.csv")
        if not file.exists():
            shutil.rmtree(file.parent, ignore_errors=True)
            Path("results/claims.csv").unlink(missing_ok=True)


def start_work():
    """Reserve the folder for this workflow, or stop."""
    try:
        taken = locks.take(RUNNING)
    except OSError as error:
        if locks.unsupported(error):
            return None
        raise
    if taken is None:
        raise WorkflowError(
            f"A workflow is running in this folder: {locks.holder(RUNNING)}. "
            "Wait for it to end, or stop it first."
        )
    # Remove the plans of other configurations, which would pile up.
    for stored in set(Path(PLAN_FOLDER).parent.iterdir()) - {Path(PLAN_FOLDER)}:
        shutil.rmtree(stored, ignore_errors=True)
    return taken


if workflow.is_main_process:
    HELD = [join_folder()]


onstart:
    if workflow.is_main_process:
        HELD.append(start_work())
        code.code_hash.store()  # processes of Snakemake in jobs on a cluster need them too
        if workflow.local_exec:
            # With a limit on how fast jobs start, Snakemake sets a timer whenever a job ends, and
            # from then on every timer looks for new jobs once a second: after 300 jobs that alone
            # takes a core. Only queues of clusters need the limit.
            workflow.scheduler.job_rate_limiter = None
