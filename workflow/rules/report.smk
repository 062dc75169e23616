# What the report (`snakemake --report results/report.html`) says of each result: Snakemake shows
# fixed texts, in which it replaces names by values of the configuration.
# Each result has one label: of two, Snakemake's page takes a second one with two values for a
# switch between two versions of a result, and breaks where these do not exist.
import csv
import html
import inspect
import textwrap

from markdown_it import MarkdownIt


def as_html(path):
    """A page in Markdown for the report; empty as long as the page is not there."""
    if not Path(path).exists():
        return ""
    text = Path(path).read_text(encoding="utf-8")
    return raw(MarkdownIt("commonmark").enable("table").render(text))


def raw(page):
    """HTML as Snakemake's texts, in reStructuredText, take it."""
    return f".. raw:: html\n\n{textwrap.indent(page, '   ')}"


def as_text(words):
    """Words that stay as they are, whatever reStructuredText would make of them."""
    return raw(f"<p>{html.escape(words)}</p>")


def first_line(text):
    """The first line of a docstring, without the full stop."""
    return (text or "").strip().partition("\n")[0].removesuffix(".")


def rows_of(kind):
    """What a row of a study's tables is, in the words of the function that makes them."""
    return " ".join((inspect.getdoc(kind.rows) or "").partition("\n\n")[0].split())


def figure_labels(wildcards):
    """A figure, and what it shows in a line: the first one of its module."""
    about = FIGURES[SETTINGS.figures[wildcards.figure].draw].about
    return {"figure": f"{wildcards.figure}: {first_line(about)}"}


def claim_labels(wildcards):
    """A claim, and what it says."""
    claim = CLAIMS[SETTINGS.claims[wildcards.claim].claim]
    return {"claim": f"{wildcards.claim}: {claim.statement}"}


def verdicts(path="results/claims.csv"):
    """What the data say of each claim, as lists in HTML by claim; empty before they are judged."""
    found = {}
    if Path(path).exists():
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                unit = "" if row["unit"] == "1" else f" {row['unit']}"
                number = f"{float(row['value'] or 'nan'):.3g}{unit}"
                where = f"; {row['where']}" if row["where"] else ""
                said = html.escape(f"{row['model']}: {row['verdict']}")
                shown = html.escape(f"{row['statistic']}: {number}{where}")
                line = f"<li><b>{said}</b> ({shown})</li>"
                found.setdefault(row["claim"], []).append(line)
    return {name: f"<ul>{''.join(lines)}</ul>" for name, lines in found.items()}


def claim_text(name):
    """A claim, where it is made, and what the data say of it."""
    claim = CLAIMS[SETTINGS.claims[name].claim]
    statement = html.escape(f"{claim.statement} ({claim.source})")
    return f"<p>{statement}</p>{VERDICTS.get(name, '')}"


VERDICTS = verdicts()
config["captions"] = {
    "figures": {
        name: as_html(f"results/figures/{name}.md") for name in SETTINGS.figures
    },
    "claims": raw("".join(map(claim_text, SETTINGS.claims))),
    "claim": {name: raw(claim_text(name)) for name in SETTINGS.claims},
    "kinds": {
        f"summarise_{name}": as_text(f"{first_line(kind.__doc__)}. {rows_of(kind)}")
        for name, kind in KINDS.items()
    },
}


report: "../report/workflow.rst"
