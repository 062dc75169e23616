"""A SLURM cluster of one node on 127.0.0.1, brought up by hand and taken down whole.

    python tests/slurm/cluster.py     # brings one up, prints its nodes, waits for Enter, ends it

It has its own key, sockets, ports and folders, and every daemon runs in the foreground as a child
of the process that started it, so that exactly those are ended, and end if it is killed. The one
thing outside its own folder is the link /etc/slurm/slurm.conf: an `srun` within a job reads that
file, whatever the environment says. A configuration that is not ours is left alone, and nothing
is started.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
LINK = Path("/etc/slurm/slurm.conf")
WITH_PARENT = ("setpriv", "--pdeathsig", "TERM")
PREFIX = "ikmeanfield-slurm-"
CGROUPS = Path("/sys/fs/cgroup")
CONTROLLERS = ("cpuset", "memory", "freezer", "devices", "cpuacct")

CONFIGURATION = """\
ClusterName=ikmeanfield
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MinJobAge=3600
KillWait=5
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=5,batch_sched_delay=1
{tracking}
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=60 DefaultTime=5 State=UP
"""
CGROUP_TRACKING = """\
ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup
JobAcctGatherType=jobacct_gather/none"""
POLLED_TRACKING = """\
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill"""
CGROUP_CONFIGURATION = """\
CgroupAutomount=no
CgroupPlugin=cgroup/v1
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
AllowedRAMSpace=100
MinRAMSpace=10
"""


def why_not() -> str | None:
    """Why no cluster can be brought up here, in words; None where one can."""
    if not sys.platform.startswith("linux"):
        return "SLURM runs on Linux only"
    if os.geteuid() != 0:
        return "the daemons of SLURM need root"
    missing = [name for name in (*DAEMONS, *COMMANDS, "setpriv") if _program(name) is None]
    if missing:
        packages = "munge slurmctld slurmd slurm-client"
        return f"{', '.join(missing)} not found; on Debian: apt-get install {packages}"
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        return "snakemake-executor-plugin-slurm is not installed; `make env` installs it"
    if (LINK.is_symlink() or LINK.exists()) and not _is_ours(LINK):
        return f"{LINK} is another cluster's configuration; it is left alone"
    if LINK.is_symlink() and _is_alive(LINK):
        return f"another test has its cluster up: {os.readlink(LINK)}"
    return None


def _program(name: str) -> str | None:
    """A program, also in folders that only root's shell searches."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return shutil.which(name, path=path)


def _is_ours(link: Path) -> bool:
    return link.is_symlink() and Path(os.readlink(link)).parent.name.startswith(PREFIX)


def _is_alive(link: Path) -> bool:
    """Whether the cluster of one of our links still has its controller."""
    try:
        number = int(link.resolve().with_name("slurmctld.pid").read_text())
    except (OSError, ValueError):
        return False
    return Path(f"/proc/{number}").exists()


def limits_by_cgroup() -> bool:
    """Whether memory limits can be set by cgroups (version 1); else SLURM polls and kills."""
    probe = CGROUPS / "memory" / f"{PREFIX}probe-{os.getpid()}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError:
        return False
    return all((CGROUPS / name / "cgroup.procs").exists() for name in ("cpuset", "freezer"))


@dataclass
class Cluster:
    """A running cluster.

    Attributes
    ----------
    folder
        Configuration, key, sockets, state and logs.
    environment
        What SLURM's commands need to find it.
    cgroup
        Whether memory is limited by cgroups.
    """

    folder: Path
    environment: dict[str, str]
    cgroup: bool
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def ask(self, *command: str) -> str:
        """The output of a SLURM command."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )
        if done.returncode != 0:
            msg = f"{' '.join(command)}: {done.stderr.strip()}\n{self.logs()}"
            raise RuntimeError(msg)
        return done.stdout

    def jobs(self) -> dict[str, tuple[str, str]]:
        """State and comment (rule and wildcards) of every job so far, by number, in their order."""
        return {number: (state, comment) for number, state, comment in self._listed("%i|%T|%k")}

    def limits(self, comment: str) -> list[str]:
        """Limits of the time of all jobs with a comment, as squeue writes them, in their order."""
        return [limit for limit, its in self._listed("%l|%k") if its == comment]

    def _listed(self, columns: str) -> list[list[str]]:
        text = self.ask("squeue", "--noheader", "--states=all", "--sort=i", f"--format={columns}")
        return [line.split("|", columns.count("|")) for line in text.splitlines()]

    def logs(self) -> str:
        """The ends of the daemons' logs."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-15:]
            parts.append("\n".join([f"--- {path.name}", *tail]))
        return "\n".join(parts)


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """Bring a cluster up, and take down exactly what was started."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    groups_before = _groups()
    cluster = Cluster(
        folder, {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}, limits_by_cgroup()
    )
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        _configure(cluster)
        _link(folder / "slurm.conf")
        _start(cluster)
        yield cluster
    finally:
        _stop(cluster)
        _unlink(folder / "slurm.conf")
        _remove_groups(_groups() - groups_before)
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, _: object) -> None:
    """Let a request to end take the cluster down on its way: pytest survives anything else."""
    raise KeyboardInterrupt


def _configure(cluster: Cluster) -> None:
    folder = cluster.folder
    folder.chmod(0o755)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    controller_port, node_port = _free_ports(2)
    text = CONFIGURATION.format(
        folder=folder,
        host=socket.gethostname().partition(".")[0],
        controller_port=controller_port,
        node_port=node_port,
        tracking=CGROUP_TRACKING if cluster.cgroup else POLLED_TRACKING,
        cpus=max(2, os.cpu_count() or 1) + 1,  # a job that sleeps keeps none busy
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 * 9 // 10,
    )
    (folder / "slurm.conf").write_text(text)
    if cluster.cgroup:
        (folder / "cgroup.conf").write_text(CGROUP_CONFIGURATION)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _link(target: Path) -> None:
    if _is_ours(LINK):  # left behind by a test that was killed
        LINK.unlink()
    LINK.parent.mkdir(exist_ok=True)
    LINK.symlink_to(target)


def _unlink(target: Path) -> None:
    if LINK.is_symlink() and os.readlink(LINK) == str(target):
        LINK.unlink()


def _start(cluster: Cluster) -> None:
    folder = cluster.folder
    own = {
        "munged": [
            "--foreground", "--force", f"--key-file={folder}/munge.key",
            f"--socket={folder}/munge.socket", f"--pid-file={folder}/munge.pid",
            f"--seed-file={folder}/munge.seed", f"--log-file={folder}/munged.log",
        ],
        "slurmctld": ["-D", "-i"],
        "slurmd": ["-D"],
    }  # fmt: skip
    for name, arguments in own.items():
        with (folder / f"{name}.out.log").open("wb") as log:
            # a session of its own: an interrupt at the terminal must not reach the daemons first
            cluster.processes[name] = subprocess.Popen(
                [*WITH_PARENT, str(_program(name)), *arguments], env=cluster.environment,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        if name == "munged":
            _wait(cluster, (folder / "munge.socket").exists, "munged to open its socket")
    _wait(cluster, lambda: _is_idle(cluster), "the node to be idle")


def _is_idle(cluster: Cluster) -> bool:
    try:
        return cluster.ask("sinfo", "--noheader", "--format=%T").strip() == "idle"
    except (RuntimeError, subprocess.TimeoutExpired):
        return False


def _wait(cluster: Cluster, ready: object, what: str, limit: float = 30.0) -> None:
    assert callable(ready)
    end = time.monotonic() + limit
    while not ready():
        dead = [name for name, process in cluster.processes.items() if process.poll() is not None]
        if dead or time.monotonic() > end:
            cause = f"{dead[0]} has ended" if dead else f"{limit:g} s have passed"
            msg = f"waiting for {what}: {cause}\n{cluster.logs()}"
            raise RuntimeError(msg)
        time.sleep(0.1)


def _stop(cluster: Cluster) -> None:
    """End all jobs, then the daemons, the last one first."""
    if "slurmd" in cluster.processes:
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
            cluster.ask("scancel", "--user=root", "--signal=KILL", "--full")
            cluster.ask("scancel", "--user=root")
            _wait(cluster, lambda: not cluster.ask("squeue", "--noheader"), "jobs to end", 20.0)
    for process in reversed(cluster.processes.values()):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _groups() -> set[Path]:
    return {path for name in CONTROLLERS for path in CGROUPS.glob(f"{name}/slurm*")}


def _remove_groups(groups: set[Path]) -> None:
    """Remove the empty control groups that slurmd leaves behind, the innermost first."""
    for group in groups:
        inner = sorted((p for p in group.rglob("*") if p.is_dir()), reverse=True)
        for path in [*inner, group]:
            with contextlib.suppress(OSError):
                path.rmdir()


if __name__ == "__main__":
    reason = why_not()
    if reason is not None:
        sys.exit(f"no SLURM here: {reason}")
    with running() as here:
        print(here.ask("sinfo"), f"export SLURM_CONF={here.environment['SLURM_CONF']}", sep="\n")
        with contextlib.suppress(KeyboardInterrupt, EOFError):
            input("Enter ends it. ")
