"""What the pages show is so: code runs, configurations are ones, commands and files exist.

Blocks of Python run here from top to bottom of each page. Three pages have tests of their own:
README.md, docs/architecture.md and docs/continuation.md. A block whose first line is a comment
with the name of a file is that file; those of the tutorial run in the test of the tutorial.
A block that reads files in results/ runs where these are there, and is only parsed elsewhere.
"""

import csv
import importlib.util
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import matplotlib as mpl
import numpy as np
import pytest
import yaml

from checkouts import Workflow, copy_checkout
from ikmeanfield.circuit import PRESETS
from ikmeanfield.claims import CLAIMS
from ikmeanfield.claims.claim import Verdict
from ikmeanfield.cli import app
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.experiments import expand_all, load, parse
from ikmeanfield.jobs.judge import COLUMNS, collect
from ikmeanfield.studies import KINDS
from ikmeanfield.theories import THEORIES
from pages import PAGES, ROOT, blocks

TESTED_ELSEWHERE = {"README.md", "docs/architecture.md", "docs/continuation.md"}
FILE = re.compile(r"# ([\w/]+\.py)\n")


def run(page, sources):
    names = {}
    for number, source in enumerate(sources):
        code = compile(source, f"{page}, block {number}", "exec")
        if all(Path(path).exists() for path in re.findall(r'"(results/[^"]+)"', source)):
            exec(code, names)
    return names


def pages_with(*languages):
    return [page for page in PAGES if blocks(page, *languages)]


@pytest.mark.parametrize("page", sorted(set(pages_with("python")) - TESTED_ELSEWHERE))
@pytest.mark.filterwarnings("ignore::ikmeanfield.theories.mean_field.domain.ResetAccuracyWarning")
def test_the_python_of_a_page_runs(page, monkeypatch, tmp_path):
    """Oracles: nothing raises; what the pages say of the numbers they compute."""
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    Path("results").symlink_to(ROOT / "results")
    names = run(page, [source for source in blocks(page, "python") if not FILE.match(source)])
    if page == "docs/model.md":
        # The adjusted current is the one at which the neuron with infinite reset is as fast.
        np.testing.assert_allclose(names["again"], names["rates"], rtol=1e-12)
        assert names["rates"][0] == 0 < names["rates"][1]
    if page == "docs/stationary.md":
        folds = [p.parameters["rs.input_current"] for p in names["branch"].points("LP")]
        assert folds == pytest.approx([38.711, 23.809], abs=1e-3)


@pytest.mark.parametrize("page", pages_with("yaml"))
def test_the_configurations_of_a_page_are_ones(page):
    """Oracle: the check that the program itself makes of every key and grid point."""
    for text in blocks(page, "yaml"):
        config = parse(yaml.safe_load(text))
        if page != "docs/cluster.md":  # which has a hundred thousand runs
            assert all(plan.runs for plan in expand_all(config).values())


def commands():
    """Every command of a shell block with its page, without output and comments."""
    for page in PAGES:
        for block in blocks(page, "bash", "console"):
            lines = block.replace("\\\n", " ").splitlines()
            console = any(line.startswith("$ ") for line in lines)
            for line in lines:
                if not console or line.startswith("$ "):
                    words = shlex.split(line.removeprefix("$ "), comments=True)
                    if words:
                        yield page, words


def targets():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


def test_every_command_that_a_page_shows_exists():
    """Oracles: targets of the Makefile, commands of the program, figures of the configuration."""
    given = {name for page in PAGES for s in blocks(page, "python") for name in FILE.findall(s)}
    given |= {"pulse.yaml", "my.yaml"}
    config = load(ROOT / "config/config.yaml")
    ours = {command.name or command.callback.__name__ for command in app.registered_commands}
    count = 0
    for page, (program, *words) in commands():
        count += 1
        where = f"{page}: {program} {' '.join(words)}"
        plain = [word for word in words if not word.startswith("-") and "=" not in word]
        if program == "make":
            assert set(plain) <= targets(), where
        elif program == "ikmeanfield":
            assert plain[0] in ours, where
        elif program == "snakemake":
            options = {words[k + 1] for k, word in enumerate(words[:-1]) if word.startswith("-")}
            asked = {word for word in plain if not word.startswith("results/")}
            assert asked - options <= set(config.figures), where
        else:
            assert program in {"python", "cd", ".", "column", "pip", "git"}, where
        for word in [*plain, *(w.partition("=")[2] for w in words if "=" in w)]:
            made = word.startswith("results/")
            if not made and (re.search(r"\.(py|yaml)$", word) or word.startswith("workflow/")):
                assert word in given or (ROOT / word).exists(), f"{where}: no {word}"
    assert count > 20


def test_links_of_the_readme_lead_somewhere():
    """Oracle: the files of the repository. Sphinx checks the links of the other pages."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text)
    links = [link.partition("#")[0] for link in links]
    local = [link for link in links if link and "://" not in link]
    assert local
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_files_that_a_page_shows_are_the_files():
    """Oracle: the files themselves; those of the tutorial are the reader's."""
    for page in sorted(set(PAGES) - {"docs/tutorial.md"}):
        for source in blocks(page, "python"):
            if name := FILE.match(source):
                code = source.partition("\n")[2]
                assert code == (ROOT / name[1]).read_text(encoding="utf-8"), (page, name[1])


def test_the_readme_shows_claims_as_they_are_registered():
    """Oracle: statements and sources of the registered claims, and the words for verdicts."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("<!-- claims: ")[2].partition("<!-- end")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    known = {claim.statement: claim.source for claim in CLAIMS.values()}
    assert 1 < len(rows) <= 6
    for statement, source, told in rows[1:]:
        assert known[statement] == source
        assert set(re.findall(r"\*\*([^*]+)\*\*", told)) <= set(get_args(Verdict))


def test_the_head_of_the_claims_is_taken_from_the_table():
    """Oracle: made-up rows; models are named where their verdicts differ."""
    script = loaded("readme_claims")
    same = {"claim": "folds_agree_held", "statement": "A.", "source": "S", "model": "m"}
    other = {"claim": "correction_improves", "statement": "B.", "source": "T"}
    rows = [
        {"claim": "never shown", "statement": "", "source": "", "model": "", "verdict": "holds"},
        {**other, "model": "network", "verdict": "holds"},
        {**other, "model": "field", "verdict": "does not hold"},
        {**same, "verdict": "holds"},
    ]
    lines = script.head(rows).splitlines()[2:]
    assert lines == [
        "| A. | S | **holds** |",
        "| B. | T | network: **holds**, field: **does not hold** |",
    ]
    before = "a\n<!-- claims: x -->\nold\n<!-- end of claims -->\nb\n"
    after = script.replaced(before, "new\n")
    assert after == "a\n<!-- claims: x -->\n\nnew\n\n<!-- end of claims -->\nb\n"
    with pytest.raises(ValueError, match="no place"):
        script.replaced("a", "new")


def test_verdicts_of_two_runs_are_compared_row_by_row(tmp_path):
    """Oracle: made-up findings, of which one model's second verdict and a claim are changed."""

    def page(*verdicts):
        names = ("claim", "model", "verdict", "value", "source")
        given = {"statement": "A | B", "statistic": "x", "unit": "Hz"}
        given |= dict.fromkeys(("uncertainty", "criterion", "where", "meaning"), "")
        findings = []
        for claim, model, verdict, value in verdicts:
            path = tmp_path / f"{len(findings)}.csv"
            row = (claim, model, verdict, value, f"Study, Sec. {claim}")
            write_rows(path, [given | dict(zip(names, row, strict=True))], COLUMNS)
            findings.append(path)
        collect(findings, tmp_path / "claims.csv")
        return (tmp_path / "claims.md").read_text(encoding="utf-8")

    script = loaded("compare_verdicts")
    first = page(("1", "m", "holds", 1.0), ("1", "m", "holds", 2.0), ("2", "m", "holds", 3.0))
    other = page(
        ("1", "m", "holds", 1.0), ("1", "m", "does not hold", 4.0), ("3", "m", "holds", 3.0)
    )
    told = script.compare(script.rows(first), script.rows(other)).splitlines()
    assert told[:2] == ["1 of 2 verdicts are the same.", "2 are in one of the tables only."]
    assert told[5:] == ["| A \\| B | m | **holds** | 2 Hz | **does not hold** | 4 Hz |"]


def loaded(name):
    """A module in docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_settings_lists_every_key_of_every_kind(tmp_path):
    """Oracle: the fields of the registered models themselves, aliases included."""
    path = tmp_path / "settings.md"
    loaded("settings_reference").write(path)
    sections = dict(part.split("\n", 1) for part in path.read_text("utf-8").split("\n## ")[1:])
    for kind, model in {**KINDS, **THEORIES}.items():
        rows = re.findall(r"^\| `(\w+)`", sections[f"`kind: {kind}`"], re.MULTILINE)
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert set(rows) == fields, kind
    assert "(required)" in sections["`kind: networks`"].partition("`duration`")[2][:12]
    for link in set(re.findall(r"\]\(#([\w-]+)\)", path.read_text("utf-8"))):
        headings = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in sections]
        assert link in headings


def test_the_table_of_presets_has_the_presets_numbers():
    """Oracle: the circuits themselves, parameter by parameter."""
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8").partition("## Presets")[2]
    header, _, *rows = [line.strip("| ").split(" | ") for line in re.findall(r"^\|.*", text, re.M)]
    presets = [cell.split("`")[1] for cell in header[2:]]
    for parameter, unit, *values in rows:
        for preset, value in zip(presets, values, strict=True):
            circuit = PRESETS[preset]()
            path = f"{next(iter(circuit.populations))}.{parameter.strip('`')}"
            assert circuit.get(path) == float(value.replace("−", "-")), (preset, path)
            assert circuit.unit(path) == unit
    assert len(rows) >= 12


def test_the_data_of_the_convergence_plot_are_what_its_script_measures():
    """Oracles: two of the points measured again; the orders of the schemes, two and one."""
    script = loaded("convergence")
    with script.TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    stored = {
        (row["model"], float(row["abscissa"])): float(row["error"])
        for row in rows
        if row["panel"] == "step"
    }
    label, reset = next(iter(script.RESETS.items()))
    for scheme, step in (("exact", 0.8), ("euler", 0.02)):
        (again,) = script.step_errors(scheme, reset, (step,))
        assert again == pytest.approx(stored[f"{scheme}, {label}", step], rel=0.02)
    for scheme, order in (("exact", 2.0), ("euler", 1.0)):
        for label in script.RESETS:
            steps = script.STEPS[scheme]
            errors = [stored[f"{scheme}, {label}", step] for step in steps]
            assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.35)


def test_the_requirements_of_the_site_are_the_extensions_it_loads():
    """Oracle: the group `docs` of pyproject.toml; nothing else is imported by docs/conf.py."""
    group = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["docs"]
    names = {re.match(r"[\w-]+", text)[0].replace("-", "_") for text in group}
    conf = (ROOT / "docs/conf.py").read_text(encoding="utf-8")
    assert names == {"furo", "latex2mathml", "myst_parser", "sphinx"}
    assert all(name in conf for name in names)


@pytest.mark.long
def test_the_tutorial_works_as_written(tmp_path):
    """Oracles: the files and the jumps that the page names.

    The environment is the one of the tests: the commands that build and enter it are left out.
    """
    page = "docs/tutorial.md"
    checkout, folder = tmp_path / "checkout", tmp_path / "work"
    checkout.mkdir()
    folder.mkdir()
    workflow = Workflow(copy_checkout(checkout), folder)
    (text,) = blocks(page, "yaml")
    (workflow.folder / "pulse.yaml").write_text(text)
    (script,) = blocks(page, "python")
    shown = (ROOT / page).read_text(encoding="utf-8")
    checked = workflow.command("check", "pulse.yaml")
    for line in checked.splitlines():
        assert re.sub(r"about .*", "", line) in shown
    config = yaml.safe_load(text)
    workflow.run(config)
    assert "failed" not in workflow.command("status")
    assert workflow.planned(config) == {}
    for name in ("figures/overview.png", "figures/overview.md", "pulse/networks/networks.csv"):
        assert (workflow.folder / "results" / name).exists()
    (workflow.folder / "run.py").write_text(
        "import matplotlib, json\nmatplotlib.use('Agg')\n" + script + "\n"
        "found = {}\n"
        "for name, series in (('network', network), ('mean_field', mean_field)):\n"
        "    late = series.sel(time=slice(1300.0, None)).mean('time').squeeze('population')\n"
        "    pairs = zip(late['input_rs_scale'].values, late.values)\n"
        "    found[name] = min(float(scale) for scale, rate in pairs if rate > 5)\n"
        "json.dump(found, open('found.json', 'w'))\n"
    )
    workflow.python("run.py")
    found = json.loads((workflow.folder / "found.json").read_text())
    assert (workflow.folder / "switch.png").exists()
    assert found == {"network": 12.0, "mean_field": 14.0}
