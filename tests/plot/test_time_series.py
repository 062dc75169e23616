"""Traces, inputs and rasters: lines hold the data that went in, labels their units."""

from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import ikmeanfield as ik

CURRENTS = {"rs": ik.ramp([(100, 40), (300, 80)])}


@cache
def circuit():
    return ik.excitatory_inhibitory().replace({"rs.size": 60, "fs.size": 40})


@cache
def network():
    spikes = {"rs": range(60), "fs": range(0, 40, 2)}
    return ik.simulate(circuit(), CURRENTS, duration=300.0, sample=1.0, spikes=spikes)


@cache
def mean_field():
    return ik.integrate(circuit(), CURRENTS, duration=300.0, sample=1.0)


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_lines_are_the_series_and_the_label_has_symbol_and_unit():
    ax = ik.plot.traces({"network": network(), "theory": mean_field()})
    for name, data in (("network", network()), ("theory", mean_field())):
        for population in ("rs", "fs"):
            drawn = line(ax, f"{name}, {population}")
            np.testing.assert_array_equal(drawn.get_xdata(), data.time)
            np.testing.assert_array_equal(
                drawn.get_ydata(), data.firing_rate.sel(population=population)
            )
    assert ax.get_ylabel() == "firing rate $r$ (Hz)"
    assert ax.get_xlabel() == "time (ms)"
    assert len(ax.get_legend().get_texts()) == 4


def test_lines_of_mean_fields_differ_in_dashes():
    ax = ik.plot.traces([mean_field(), mean_field()], "recovery")
    looks = {str(line._unscaled_dash_pattern) for line in ax.lines}
    assert len(looks) == 4
    assert ax.get_ylabel() == "recovery $u$ (pA)"


def test_a_network_is_wide_and_pale_beside_a_mean_field():
    ax = ik.plot.traces([network(), mean_field()], of="rs")
    wide, narrow = line(ax, "spiking network"), line(ax, "mean field")
    assert wide.get_linewidth() > narrow.get_linewidth()
    assert wide.get_alpha() < 1
    assert ax.get_ylabel() == "rs firing rate $r$ (Hz)"


def test_one_synapse_alone_needs_no_legend():
    ax = ik.plot.traces(network(), "synaptic_activation", of="fs.ampa")
    expected = network().synaptic_activation.sel(synapse="fs.ampa")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), expected)
    assert ax.get_ylabel() == "fs ampa activation $s$"
    assert ax.get_legend() is None


def test_long_runs_are_shown_in_seconds():
    data = mean_field().assign_coords(time=mean_field().time * 10)
    ax = ik.plot.traces(data)
    assert ax.get_xlabel() == "time (s)"
    assert ax.lines[0].get_xdata()[-1] == pytest.approx(3.0)


def test_inputs_are_the_currents():
    ax = ik.plot.inputs({**CURRENTS, "fs": 20}, network().time)
    np.testing.assert_array_equal(line(ax, "rs").get_ydata(), CURRENTS["rs"](network().time.values))
    np.testing.assert_array_equal(line(ax, "fs").get_ydata(), 20.0)
    assert ax.get_ylabel() == "input $I$ (pA)"


def test_a_raster_has_a_dot_for_every_spike():
    data = network()
    ax = ik.plot.raster(data)
    own = data.spike_population.values == "rs"
    assert own.any()
    assert (~own).any()
    dots = line(ax, "rs")
    np.testing.assert_array_equal(dots.get_xdata(), data.spike_time.values[own])
    np.testing.assert_array_equal(dots.get_ydata(), data.spike_neuron.values[own])
    above = line(ax, "fs")
    assert above.get_ydata().min() > dots.get_ydata().max()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["rs", "fs"]
    assert above.get_ydata().max() <= ax.get_ylim()[1]


def test_a_raster_of_one_population_counts_its_neurons():
    ax = ik.plot.raster(network(), population="fs")
    own = network().spike_population.values == "fs"
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), network().spike_neuron.values[own])
    assert ax.get_ylabel() == "neuron of fs, by threshold"


def test_given_axes_are_drawn_in_and_settings_stay():
    before = dict(mpl.rcParams)
    ax = Figure().subplots()
    assert ik.plot.traces(network(), ax=ax) is ax
    assert ik.plot.traces(network()) is not ax
    assert dict(mpl.rcParams) == before


def test_a_new_figure_keeps_its_style_when_it_is_rendered_later():
    """Oracle: the style sheet's sizes, on ticks that are made outside of the style."""
    ax = ik.plot.traces(network())
    ax.set_xticks(range(0, 300, 10))
    ax.figure.canvas.draw()
    sizes = {tick.label1.get_fontsize() for tick in ax.xaxis.get_major_ticks()}
    assert sizes == {7.0}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ik.plot.traces(network(), "rate"), ValueError, "no series 'rate'.*firing_rate"),
        (lambda: ik.plot.traces(network(), of="ex"), ValueError, "'ex'.*rs, fs"),
        (lambda: ik.plot.traces(None), TypeError, "expected a Dataset.*None"),
        (lambda: ik.plot.traces([network(), 3]), TypeError, "expected a Dataset"),
        (lambda: ik.plot.traces([]), ValueError, "no Dataset"),
        (lambda: ik.plot.traces(network(), ax=3), TypeError, "ax = 3"),
        (
            lambda: ik.plot.traces(network()[["firing_rate"]].expand_dims(run=2)),
            ValueError, "2 runs.*isel",
        ),
        (lambda: ik.plot.raster(mean_field()), ValueError, "no spikes.*spikes="),
        (lambda: ik.plot.raster("spikes"), TypeError, "expected a Dataset"),
        (lambda: ik.plot.raster(network(), population="ex"), ValueError, "'ex'.*rs, fs"),
        (lambda: ik.plot.inputs({"rs": "50"}, [0, 1]), TypeError, "'rs'.*'50'"),
        (lambda: ik.plot.inputs([50], [0, 1]), TypeError, "must be a mapping"),
        (lambda: ik.plot.inputs({}, [0, 1]), ValueError, "nothing to draw"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_in_words(call, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        call()
