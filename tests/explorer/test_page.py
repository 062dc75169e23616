"""The explorer's page holds what the files hold, and nothing from elsewhere.

Oracle: the stored files, read by the library's own reader; the numbers in the page, decoded here by
the standard library and numpy; the files that its links lead to.
"""

import base64
import re

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.experiments import parse
from ikmeanfield.explorer.arrays import Arrays
from ikmeanfield.explorer.courses import windows
from ikmeanfield.jobs import explore as job
from ikmeanfield.jobs.explore import ExplorerError, explore
from ikmeanfield.schema import ConfigError
from small import both


@pytest.fixture(scope="module")
def numbers(explored):
    """The rows of numbers in the page, by their places."""
    stored = {
        int(size): np.frombuffer(base64.b64decode(text), f"<f{size}")
        for size, text in explored.data["arrays"].items()
    }
    return lambda place: stored[place[0]][place[1] : place[1] + place[2]]


@pytest.fixture(scope="module")
def view(explored):
    (one,) = explored.data["views"]
    return one


def course(point, **wanted):
    (found,) = [c for c in point["courses"] if all(c[k] == v for k, v in wanted.items())]
    return found


def test_grid_points_are_the_first_replicates_of_all_runs(view):
    names = [name["path"] for name in view["names"]]
    assert names == ["rs.peak_potential", "rs.reset_potential"]
    found = [(*point["at"], point["y"]) for point in view["grid"] if point["x"] is None]
    assert found == [
        (peak, reset, kappa)
        for peak, reset in ((1000.0, -1000.0), (50.0, -100.0)) for kappa in (10.0, 20.0, 40.0)
    ]  # fmt: skip


def test_networks_at_one_current_lie_at_it_and_those_of_another_width_in_no_plane(view, numbers):
    """Oracle: the plane's width is the preset's, 1 mV; the sweep also has networks of 0.5 mV."""
    still = [point for point in view["grid"] if point["x"] is not None]
    assert [(point["x"], point["y"]) for point in still] == [
        (30.0, 10.0), (30.0, 40.0), (60.0, 10.0), (60.0, 40.0)
    ]  # fmt: skip
    assert {tuple(point["at"]) for point in still} == {(50.0, -100.0)}
    assert {c["axis"] for point in still for c in point["courses"]} == {"time (ms)"}
    (mean,) = [s for s in view["scalars"] if s["study"] == "networks" and s["of"] == "rs"
               and s["label"] == "firing rate of the network: mean"]  # fmt: skip
    assert np.isnan(numbers(mean["values"])[:6]).all()
    assert not np.isnan(numbers(mean["values"])[6:]).any()


def test_the_page_says_which_plans_it_was_made_from(explored, tmp_path):
    """Oracle: the hash of the plan; a page of something else says nothing."""
    assert job.made_from(explored.page) == {"made_up": explored.results.plan.digest}
    (tmp_path / "other.html").write_text("<!doctype html>")
    assert job.made_from(tmp_path / "other.html") == {}


def test_a_theory_without_correction_has_one_plane_for_all_resets(view):
    """Oracle: Eqs. 22-25 know neither peak nor reset, Eqs. 36-39 do."""
    labels = [plane["theory"] for plane in view["planes"]]
    assert sorted(labels) == ["corrected", "corrected", "uncorrected"]
    by_reset = {}
    for point in view["grid"]:
        chosen = {labels[number]: number for number in point["planes"]}
        by_reset.setdefault(tuple(point["at"]), set()).add(tuple(sorted(chosen.items())))
    first, second = (dict(*chosen) for chosen in by_reset.values())
    assert first["uncorrected"] == second["uncorrected"]
    assert first["corrected"] != second["corrected"]


def test_curves_are_those_of_the_study(explored, view, numbers):
    items = explored.studies["planes"].each()
    assert [plane["theory"] for plane in view["planes"]] == [item.label for item, _ in items]
    for plane, (_, tree) in zip(view["planes"], items, strict=True):
        branches = from_tree(tree["curves"]).values()
        stored = [branch for branch in branches if branch.kind in {"fold", "hopf"}]
        assert [c["kind"] for c in plane["curves"]] == [branch.kind for branch in stored] != []
        for curve, branch in zip(plane["curves"], stored, strict=True):
            for axis, path in zip("xy", ("rs.input_current", "rs.adaptation"), strict=True):
                np.testing.assert_allclose(numbers(curve[axis]), branch[path], rtol=1e-6)


@pytest.mark.parametrize("model", ["network", "corrected"])
def test_courses_keep_the_extrema_of_the_stored_series(explored, view, numbers, model):
    study, label = ("transitions", "") if model == "network" else ("ramps", model)
    data = explored.results.result(study, 0, label)
    rising = data.isel(time=(data["time"].values > 200.0) & (data["time"].values <= 1200.0))
    found = course(view["grid"][0], model=model, direction="rising", panel="recovery (pA)")
    low, high, x = (numbers(found[key]) for key in ("low", "high", "x"))
    assert low.min() == rising["recovery"].values.min()
    assert high.max() == rising["recovery"].values.max()
    assert len(x) == min(200, rising.sizes["time"])
    assert (np.diff(x) > 0).all()
    assert (x[0], x[-1]) == pytest.approx((20.0, 70.0), abs=0.5)


def test_levels_keep_every_digit(explored, view, numbers):
    data = explored.results.result("hysteresis", 0, "network")
    found = course(view["grid"][0], model="network", direction="falling",
                   panel="rs firing rate (Hz)")  # fmt: skip
    own = data.sel(population="rs", direction="down")
    np.testing.assert_array_equal(numbers(found["mean"]), own["rate_mean"].values)
    np.testing.assert_array_equal(numbers(found["x"]), own["current"].values)
    (region,) = view["grid"][0]["regions"]
    summary = explored.studies["hysteresis"].summary
    stored = summary["region"].isel(run=0).sel(model="network", population="rs")
    assert region["region"] == stored.values.tolist()


def test_points_and_numbers_of_summaries_are_those_of_the_files(explored, view, numbers):
    for place, point in enumerate(view["grid"][:6]):
        run = 2 * place
        data = explored.results.result("transitions", run)
        assert [p["x"] for p in point["points"]] == data["current"].values.tolist()
        assert [p["method"] for p in point["points"]] == data["method"].values.tolist()
    summary = explored.studies["hysteresis"].summary
    (row,) = [s for s in view["scalars"] if s["of"] == "uncorrected, rs"
              and s["label"].startswith("area between") and "moving" not in s["label"]]  # fmt: skip
    stored = summary["area"].sel(model="uncorrected", population="rs").values[::2]
    np.testing.assert_array_equal(numbers(row["values"])[:6], stored)


def test_every_link_leads_to_a_file(explored, view):
    links = set(re.findall(r'"(?:file|plan)":"([^"]+)"', explored.text))
    assert {link.split("/")[1] for link in links} >= {"transitions", "ramps", "planes",
                                                      "hysteresis", "plan.json"}  # fmt: skip
    for link in links:
        assert (explored.page.parent / link).is_file(), link


def test_the_page_asks_for_nothing_from_elsewhere(explored):
    addresses = set(re.findall(r"https?://[^\"' ]+", explored.text))
    assert addresses == {"http://www.w3.org/2000/svg"}, "the name of SVG, which is not fetched"
    assert "default-src 'none'" in explored.text
    assert "/* " not in explored.text.partition('id="data">')[0].partition("<style>")[0]


def test_the_same_results_give_the_same_page(explored, tmp_path):
    again = explored.page.with_name("again.html")
    explore([explored.results.plan], [explored.results.folder], again)
    assert again.read_bytes() == explored.page.read_bytes()


@pytest.mark.long
def test_a_page_that_would_be_too_large_has_fewer_windows_or_is_refused(
    explored, tmp_path, monkeypatch
):
    """Oracle: sizes of the page with more and with fewer windows."""
    given = [explored.results.plan], [explored.results.folder]
    page = tmp_path / "page.html"
    monkeypatch.setattr(job, "MOST_BYTES", explored.page.stat().st_size - 1)
    explore(*given, page)
    assert '"windows":100' in page.read_text(encoding="utf-8")
    assert page.stat().st_size < explored.page.stat().st_size
    page.unlink()
    monkeypatch.setattr(job, "MOST_BYTES", 1000)
    monkeypatch.setattr(job, "WINDOWS", (50,))
    with pytest.raises(ExplorerError, match=r"would have \d\.\d MB.*name fewer experiments"):
        explore(*given, page)
    assert not page.exists()
    with pytest.raises(ExplorerError, match="no planes to explore"):
        explore([], [], page)


def test_windows_lose_no_peak_and_no_value():
    """Oracle: single peaks at known places, and the mean of all values."""
    values = np.zeros(1234)
    values[[3, 617, 1233]] = [5.0, -7.0, 9.0]
    low, high, mean = windows(values, 200)
    assert len(low) == 200
    assert sorted(high[high > 0]) == [5.0, 9.0]
    assert low[low < 0].tolist() == [-7.0]
    sizes = np.diff([*(np.arange(200) * 1234 // 200), 1234])
    assert (mean * sizes).sum() == pytest.approx(values.sum())
    short = np.array([1.0, 3.0, 2.0])
    for found in windows(short, 200):
        np.testing.assert_array_equal(found, short)


def test_equal_rows_are_stored_once():
    arrays = Arrays()
    places = [arrays.add([1.0, 2.0]), arrays.add([3.0]), arrays.add([1.0, 2.0])]
    assert places[0] == places[2] != places[1]
    decoded = np.frombuffer(base64.b64decode(arrays.encoded()["8"]), "<f8")
    assert decoded.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["nowhere"], "explorer: .*no experiment 'nowhere'; there are truncation, adaptation"),
        (["truncation"], "explorer: .*truncation has no planes to explore"),
    ],
)
def test_a_configuration_cannot_name_what_the_explorer_does_not_show(given, words):
    config = both() | {"figures": {}}
    assert parse(config | {"explorer": ["adaptation"]}).explorer == ["adaptation"]
    with pytest.raises(ConfigError, match=words):
        parse(config | {"explorer": given})
