"""Style sheets of one's own.

Oracle: matplotlib's own reading of the same file, and sheets with one mistake each.
"""

import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread

from ikmeanfield.experiments import parse
from ikmeanfield.figures import Figure
from ikmeanfield.jobs.draw import draw
from ikmeanfield.plot.paper_style import style, with_sheet
from ikmeanfield.plot.style_sheet import read_sheet
from ikmeanfield.schema import ConfigError
from small import tiny

GOOD = """
# larger, for slides
font.size: 9
axes.prop_cycle: cycler('color', ["#112233", "#445566"])  # two colours
lines.linewidth : 2.5
axes.facecolor: "#eeeeee"
axes.grid: True
font.sans-serif: DejaVu Sans, Arial
"""


@pytest.fixture
def sheet(tmp_path):
    def write(text):
        path = tmp_path / "own.mplstyle"
        path.write_text(text)
        return path

    return write


def test_a_sheet_is_read_as_matplotlib_reads_it(sheet):
    path = sheet(GOOD)
    known = dict(mpl.rc_params_from_file(path, use_default_template=False))
    assert read_sheet(path) == known
    assert known["lines.linewidth"] == 2.5


def test_a_sheet_holds_within_its_context_and_leaves_the_rest(sheet):
    with style():
        before = dict(mpl.rcParams)
    with with_sheet(sheet("font.size: 9")), style():
        within = dict(mpl.rcParams)
    with style():
        after = dict(mpl.rcParams)
    assert after == before
    assert {key for key in within if within[key] != before[key]} == {"font.size"}
    assert within["font.size"] == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("font.size: 9\nfont.sizes: 9", r"line 2: .*no setting 'font.sizes'; did you mean font.s"),
        ("font.size: huge", "line 1: font.size: got 'huge'"),
        ("font.size 9", "line 1: 'font.size 9' is no setting; write `name: value`"),
        ("font.size: 9\n\nfont.size: 8", "line 3: font.size is set for the second time"),
        ("backend: agg", "line 1: backend concerns matplotlib as a whole"),
    ],
)
def test_a_wrong_sheet_is_refused_by_line(sheet, text, words):
    with pytest.raises(ConfigError, match=words):
        read_sheet(sheet(text))


def test_a_sheet_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.mplstyle: cannot be read \(No such file"):
        read_sheet(tmp_path / "nowhere.mplstyle")
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    with pytest.raises(ConfigError, match="not a text file"):
        read_sheet(tmp_path / "picture")


def test_a_configuration_with_a_wrong_sheet_is_refused_before_anything_runs(sheet):
    path = sheet("font.sizes: 9")
    with pytest.raises(ConfigError, match=r"style: .*font.sizes"):
        parse(tiny(style=str(path)))
    assert parse(tiny(style=str(sheet("font.size: 9")))).style == str(path)


FIGURE = """
from matplotlib.figure import Figure
from ikmeanfield.plot.paper_style import style

TAKES = []

def arrange(experiments):
    return {}

def draw():
    with style():
        figure = Figure(figsize=(1, 1))
        figure.subplots().plot([0, 1])
    return figure

def caption():
    return "caption"
"""


@pytest.mark.parametrize(("text", "color"), [(None, "#ffffff"), ('"#ffe0c0"', "#ffe0c0")])
def test_a_figure_is_drawn_in_the_style_of_the_sheet(tmp_path, monkeypatch, sheet, text, color):
    """Oracle: the colour of the picture's corner."""
    (tmp_path / "styled_by_test.py").write_text(FIGURE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("ikmeanfield.jobs.draw.FIGURES", {"styled": Figure("styled_by_test")})
    path = sheet(f"savefig.facecolor: {text}\nfigure.facecolor: {text}") if text else None
    draw("styled", [], [], tmp_path / "styled", path)
    assert to_hex(imread(tmp_path / "styled.png")[0, 0]) == color
