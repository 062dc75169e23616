"""The table beside a figure: what is drawn is what it holds.

Oracle: numbers that the test draws itself with matplotlib, each kind of artist by its public
function, and the reading of the written file by the standard library.
"""

import csv

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ikmeanfield.figures.panel_data import COLUMNS, panel_rows, write_panel_data
from ikmeanfield.plot.paper_style import label_panel, style

X, Y = np.array([0.1, 2.0, 3.5]), np.array([1 / 3, 7.0, 1e-17])


def drawn():
    with style():
        figure = Figure()
        first, second = figure.subplots(1, 2)
        label_panel(first, "A")
        label_panel(second, "B")
        first.set(xlabel="current (pA)", ylabel="rate (Hz)")
    return figure, first, second


def rows_of(figure, **wanted):
    return [row for row in panel_rows(figure) if all(row[k] == v for k, v in wanted.items())]


def places(rows):
    return np.array([[row["x"], row["y"]] for row in rows])


def test_lines_and_points_keep_every_digit(tmp_path):
    figure, first, second = drawn()
    first.plot(X, Y, color="#3b6fb6", label="network")
    second.plot(X, Y, "o")
    write_panel_data(figure, tmp_path / "made.csv")
    with (tmp_path / "made.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert tuple(read[0]) == COLUMNS
    line = [row for row in read if row["panel"] == "A"]
    assert [(float(row["x"]), float(row["y"])) for row in line] == list(zip(X, Y, strict=True))
    assert {(r["kind"], r["label"], r["color"]) for r in line} == {("line", "network", "#3b6fb6")}
    assert {(r["x_label"], r["y_label"]) for r in line} == {("current (pA)", "rate (Hz)")}
    assert {(r["kind"], r["label"]) for r in read if r["panel"] == "B"} == {("points", "")}


def test_error_bars_carry_the_label_of_their_series():
    figure, first, _ = drawn()
    first.errorbar(X, Y, yerr=[0.5, 1.0, 2.0], label="held")
    bars = rows_of(figure, label="held", kind="line", part=2)
    assert places(bars).tolist() == [[2.0, 6.0], [2.0, 8.0]]
    assert {row["label"] for row in panel_rows(figure)} == {"held"}


def test_maps_give_the_centre_and_value_of_every_cell():
    figure, first, second = drawn()
    values = np.arange(6.0).reshape(2, 3)
    values[1, 1] = np.nan
    first.pcolormesh([0.0, 1.0, 3.0, 4.0], [0.0, 10.0, 30.0], values)
    second.imshow(values, extent=(0, 3, 0, 2), origin="upper")
    mesh = rows_of(figure, panel="A")
    assert places(mesh).tolist() == [[x, y] for y in (5.0, 20.0) for x in (0.5, 2.0, 3.5)]
    np.testing.assert_array_equal([row["value"] for row in mesh], values.ravel())
    image = rows_of(figure, panel="B")
    assert places(image).tolist() == [[x, y] for y in (1.5, 0.5) for x in (0.5, 1.5, 2.5)]
    np.testing.assert_array_equal([row["value"] for row in image], values.ravel())


def test_areas_give_their_corners():
    figure, first, second = drawn()
    first.fill_between(X, Y, Y + 1)
    second.add_patch(Rectangle((1.0, 2.0), 3.0, 4.0))
    band = {tuple(place) for place in places(rows_of(figure, panel="A", kind="area"))}
    assert band >= {*zip(X, Y, strict=True), *zip(X, Y + 1, strict=True)}
    corners = {tuple(place) for place in places(rows_of(figure, panel="B"))}
    assert corners == {(1.0, 2.0), (4.0, 2.0), (4.0, 6.0), (1.0, 6.0)}


def test_scattered_points_keep_their_values():
    figure, first, _ = drawn()
    first.scatter(X, Y, c=[3.0, 1.0, 2.0])
    rows = rows_of(figure, kind="points")
    assert places(rows).tolist() == np.column_stack([X, Y]).tolist()
    assert [row["value"] for row in rows] == [3.0, 1.0, 2.0]


def test_masked_points_are_not_shown():
    figure, first, second = drawn()
    hidden = np.ma.masked_array(Y, mask=[False, True, False])
    first.scatter(X, hidden, plotnonfinite=True)
    second.plot(X, hidden)
    for panel in "AB":
        shown = [row["y"] for row in rows_of(figure, panel=panel)]
        assert 7.0 not in shown


def test_what_has_no_place_in_the_axes_is_left_out():
    figure, first, _ = drawn()
    first.plot([0.2, 0.8], [0.5, 0.5], transform=first.transAxes)
    first.plot(X, Y, visible=False)
    first.legend(handles=first.plot([], [], label="nothing"))
    mesh = first.pcolormesh(np.eye(2))
    figure.colorbar(mesh)
    assert {row["kind"] for row in panel_rows(figure)} == {"map"}
    first.axvline(4.0)
    (low, high) = rows_of(figure, kind="line")
    assert (low["x"], high["x"]) == (4.0, 4.0)
    assert np.isnan([low["y"], high["y"]]).all()


def test_insets_and_stacked_axes_belong_to_the_panel_before_them():
    figure, _, second = drawn()
    second.inset_axes((0.5, 0.5, 0.4, 0.4)).plot(X, Y, label="tip")
    figure.add_axes((0.1, 0.1, 0.2, 0.2)).plot(X, Y, label="below")
    assert {(row["panel"], row["axes"], row["label"]) for row in panel_rows(figure)} == {
        ("B", 3, "tip"), ("B", 4, "below"),
    }  # fmt: skip


def test_the_same_drawing_gives_the_same_bytes(tmp_path):
    """Oracle: two drawings of the same numbers; the promise of stable files."""
    for name in ("a.csv", "b.csv"):
        figure, first, _ = drawn()
        first.errorbar(X, Y, yerr=Y)
        write_panel_data(figure, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("letter", ["A", "B"])
def test_letters_are_those_of_the_panels(letter):
    figure, first, second = drawn()
    (first if letter == "A" else second).plot(X, Y)
    assert {row["panel"] for row in panel_rows(figure)} == {letter}
