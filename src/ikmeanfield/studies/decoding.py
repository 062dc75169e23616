"""Decoding: which functions of time can be read out of a network's response to a pulse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.sparse import SparseStudy
from ikmeanfield.studies.study import Interval, Item, rising

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.jobs.results import Results
    from ikmeanfield.spiking import Network

    FloatArray = NDArray[np.float64]

TARGETS = ("bump", "product")
"""A Gaussian in time, and a product of two sines."""
SMOOTH = 5.0
"""Standard deviation in ms of the Gaussian that rates are smoothed with for their extrema."""
MULTIPLICATION_SECONDS = 1e-10
"""One multiplication and addition in a product of matrices."""
MEASURES = {
    "dimension": ("1", "participation ratio of the neurons' activations in a response"),
    "kernel_variance": ("1", "variance of the readout's kernel over the trials"),
    "rate": ("Hz", "firing rate before the pulses"),
    "rate_lowest": ("Hz", "smallest smoothed firing rate before the pulses, averaged over cycles"),
    "rate_highest": ("Hz", "largest smoothed firing rate before the pulses, averaged over cycles"),
}
ERRORS = {
    "error": "mean squared error over the target's mean square, of trials not trained on",
    "training_error": "the same of the trials that the readout was trained on",
}


class Decoding(SparseStudy):
    """Functions of time read out of responses to pulses at many phases, by ridge regression."""

    rule = "measure_decoding"
    tables: ClassVar[tuple[str, ...]] = ("readouts",)
    undefined: ClassVar = {"dimension": "if no neuron ever spikes"}

    kind: Literal["decoding"]
    settle: float = Field(2000.0, gt=0)
    """Time in ms before the first pulse."""
    cycle: float = Field(250.0, gt=0)
    """Time in ms over which the onsets of pulses are spread, and length of a response."""
    trials: int = Field(50, ge=4)
    """Number of onsets; every trial begins in the same network, without earlier pulses."""
    tests: int = Field(10, ge=1)
    """How many of them, evenly spread, are kept from training."""
    pulse: float = 80.0
    """Current in pA into the stimulated neurons, besides their input."""
    width: float = Field(20.0, gt=0)
    """Length of a pulse in ms."""
    fraction: float = Field(0.2, gt=0, le=1)
    """Centred fraction of the neurons that are stimulated."""
    bump: Interval = Field([150.0, 15.0])
    """Centre and standard deviation in ms of the first target."""
    frequencies: Interval = Field([6.0, 12.0])
    """Frequencies in Hz of the two sines whose product is the second target."""
    regularisation: float = Field(1e-4, gt=0)
    """γ of the ridge regression, beside the mean over trials of the squared error."""
    sample: float = Field(2.5, validate_default=True, gt=0)
    """Sampling interval in ms; divides all times."""
    thresholds: Draw = "random"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("frequencies")
    @classmethod
    def _frequencies_rise(cls, frequencies: list[float]) -> list[float]:
        return rising(frequencies)

    @field_validator("tests")
    @classmethod
    def _tests_leave_training(cls, tests: int, info: ValidationInfo) -> int:
        trials = info.data.get("trials", 0)
        if trials and (tests >= trials or trials % tests):
            msg = f"must divide the {trials} trials, and leave some of them"
            raise ValueError(msg)
        return tests

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        given = info.data
        for name in ("settle", "cycle", "width"):
            if name in given:
                whole_ratio(given[name], sample, name, "sample")
        if {"cycle", "trials", "width"} <= given.keys():
            whole_ratio(given["cycle"] / given["trials"], sample, "cycle / trials", "sample")
            if given["width"] >= given["cycle"]:
                msg = f"the pulse of {given['width']:g} ms must be shorter than the cycle"
                raise ValueError(msg)
        return sample

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            The `MEASURES`; the `ERRORS` by target; and, by target and time, ``target`` and the
            ``readout`` of the first trial that was not trained on.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis import readout as linear  # noqa: PLC0415
        from ikmeanfield.analysis.codes import participation_ratio  # noqa: PLC0415
        from ikmeanfield.inputs.settings import currents_of  # noqa: PLC0415

        network = self.network(plan, item)
        inputs = currents_of(plan.inputs(plan.first_run(item)))
        responses, rate = self._responses(network, inputs)
        time = self.sample * np.arange(1, responses[0].shape[0] + 1)
        tested = np.arange(self.trials) % (self.trials // self.tests) == 0
        training = [response for response, test in zip(responses, tested, strict=True) if not test]
        weights = linear.readout_weights(training, self.regularisation)
        kernels = [response @ weights for response in responses]
        targets = np.stack(
            [linear.gaussian_target(time, *self.bump),
             linear.product_target(time, *self.frequencies)]
        )  # fmt: skip
        answers = np.stack([[kernel @ target for kernel in kernels] for target in targets])
        errors = np.array(
            [[linear.relative_error(answer, target) for answer in row]
             for row, target in zip(answers, targets, strict=True)]
        )  # fmt: skip
        values = [
            float(np.mean([participation_ratio(response) for response in training])),
            linear.kernel_variance(kernels), *self._rates(rate),
        ]  # fmt: skip
        variables: dict[str, Any] = {
            name: ((), value, {"units": unit, "long_name": text})
            for (name, (unit, text)), value in zip(MEASURES.items(), values, strict=True)
        }
        for name, chosen in (("error", tested), ("training_error", ~tested)):
            text = {"units": "1", "long_name": ERRORS[name]}
            variables[name] = ("function", errors[:, chosen].mean(axis=1), text)
        dims = ("function", "time")
        variables["target"] = (dims, targets, {"units": "1", "long_name": "function to generate"})
        text = {"units": "1", "long_name": "what is read out in a trial that was not trained on"}
        variables["readout"] = (dims, answers[:, np.flatnonzero(tested)[0]], text)
        return xr.Dataset(
            variables,
            {
                "function": ("function", list(TARGETS), {"long_name": "function of time"}),
                "time": ("time", time, {"units": "ms", "long_name": "time since the pulse began"}),
            },
        )

    def _responses(
        self, network: Network, inputs: Mapping[str, Current]
    ) -> tuple[list[FloatArray], FloatArray]:
        """Activations of every trial, shape (times, neurons), and the rate while it settles."""
        from ikmeanfield.analysis.bumps import centred_box  # noqa: PLC0415

        size = network.circuit.populations[self.population].size
        pulse = self.pulse * centred_box(size, self.fraction).astype(float)
        traces, rate = self.observe(network, inputs, self.settle)
        state, found = traces[:, -1], []
        for _ in range(self.trials):
            before = network.snapshot()
            network.set_pattern({self.population: pulse})
            first, _ = self.observe(network, inputs, self.width, state)
            network.set_pattern({})
            second, _ = self.observe(network, inputs, self.cycle - self.width, first[:, -1])
            found.append(_joined(first, second))
            network.restore(before)
            traces, _ = self.observe(network, inputs, self.cycle / self.trials, state)
            state = traces[:, -1]
        return found, rate

    def _rates(self, rate: FloatArray) -> tuple[float, float, float]:
        """Mean and extrema of the rate in the second half of the time before the pulses."""
        from ikmeanfield.analysis.cycles_in_time import smoothed, swings  # noqa: PLC0415

        late = rate[rate.size // 2 :]
        found = swings(smoothed(late, self.sample, SMOOTH), self.sample)
        return float(late.mean()), found.lowest, found.highest

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        size = circuit.populations[self.population].size
        times = self.cycle / self.sample
        rows = self.trials * times
        products = rows * size * (size + 2 * times) + size**3 / 3
        duration = self.settle + (self.trials + 1) * self.cycle
        return cost.network(circuit, duration / self.step) + Cost(
            seconds=products * MULTIPLICATION_SECONDS,
            peak=(3 * rows * size + 3 * size**2) * 8 / cost.MIB,
        )

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of every run."""
        return results.stacked(name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run and function."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary.drop_vars(["target", "readout"]), ("run", "function"))


def _joined(first: FloatArray, second: FloatArray) -> FloatArray:
    """Two stretches of traces as one response, shape (times, neurons)."""
    import numpy as np  # noqa: PLC0415

    return np.ascontiguousarray(np.concatenate([first, second], axis=1).T)
