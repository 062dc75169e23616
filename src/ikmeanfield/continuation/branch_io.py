"""Branches as xarray Datasets that netCDF holds without loss.

Dimensions: point, variable, free, mode (eigenvalues), special, parameter, side (of a bracket).
No boolean, None or dict is stored; a set of named numbers becomes a float array with NaN plus the
list of the names that are really there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .branch_data import BranchData
from .special_point import SpecialPoint, Termination

_LONG_NAMES = {
    "arclength": "signed arclength in scaled coordinates",
    "step": "arclength step that led to the point",
    "newton_iterations": "iterations of Newton's method",
    "unstable": "number of unstable directions",
    "stable": "1 where stable, else 0",
    "undecided": "number of eigenvalues whose side of the imaginary axis rounding hides",
    "frequency": "angular frequency of the critical pair",
    "l1": "first Lyapunov coefficient",
    "largest_multiplier": "largest modulus of the nontrivial Floquet multipliers",
    "trivial_multiplier": "trivial Floquet multiplier as computed",
    "reliable": "1 where the multipliers can be trusted, else 0",
    "residual": "largest defect of the equations in scaled coordinates",
    "mesh_error": "estimated collocation error relative to the amplitudes",
    "intervals": "mesh intervals",
}
#: Columns without a dimension; the rest is in the problem's own units.
_DIMENSIONLESS = _LONG_NAMES.keys() - {"frequency", "l1"}
_SPECIAL_WORDS = ("kind", "status", "name", "message")
AnyBranch = TypeVar("AnyBranch", bound=BranchData)


def _words(values: Iterable[str]) -> NDArray[Any]:
    return np.array(list(values), dtype=object)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _described(dims: Any, values: NDArray[Any], long_name: str, units: str = "mixed") -> Any:
    """Return a variable of a Dataset."""
    return dims, values, {"long_name": long_name.replace("_", " "), "units": units}


def to_dataset(branch: BranchData) -> xr.Dataset:
    """Store a branch; `from_dataset` is the inverse."""
    unit, names = branch.units.get, (*branch.fixed, *branch.free)
    of_cycles = branch.kind == "cycle"
    spectrum, rate = ("Floquet multiplier", "1") if of_cycles else ("eigenvalue", "1/time")
    modes, values = ("point", "mode"), branch.eigenvalues
    data = {
        "state": _described(("point", "variable"), branch.states, "state"),
        "free_parameter": _described(("point", "free"), branch.parameters, "free parameters"),
        "eigenvalue_real": _described(modes, values.real, f"{spectrum}, real part", rate),
        "eigenvalue_imag": _described(modes, values.imag, f"{spectrum}, imag part", rate),
    }
    for name, column in branch.columns.items():
        units = unit(name, "1" if name in _DIMENSIONLESS else "problem units")
        data[f"column_{name}"] = _described("point", column, _LONG_NAMES.get(name, name), units)
    for name, (dims, values) in branch.extra.items():
        data[f"extra_{name}"] = _described(dims, values, name, unit(name, "mixed"))
    fixed = np.array([branch.fixed.get(name, np.nan) for name in names], dtype=float)
    long_name = "value of the parameters that are not free"
    data["fixed_value"] = _described("parameter", fixed, long_name)
    for name, (dims, values) in _special_arrays(branch, names).items():
        data[f"special_{name}"] = _described(dims, values, f"special_{name}", "problem units")
    coordinates = {
        "variable": _words(branch.variables),
        "free": _words(branch.free),
        "parameter": _words(names),
        "variable_unit": ("variable", _words(unit(name, "") for name in branch.variables)),
        "parameter_unit": ("parameter", _words(unit(name, "") for name in names)),
    }
    start, end = branch.ends
    others = branch.units.keys() - {*branch.variables, *names}
    attributes = {
        "kind": branch.kind,
        "start_reason": start.reason,
        "start_message": start.message,
        "end_reason": end.reason,
        "end_message": end.message,
        "other_units": "\n".join(f"{k}\t{v}" for k, v in branch.units.items() if k in others),
        "named_units": "\n".join(branch.units),
        "column_order": "\n".join(branch.columns),
    }
    return xr.Dataset(data, coordinates, attributes)


def _padded(arrays: list[Any], *shape: int, length: int = 0, dtype: Any = float) -> NDArray[Any]:
    """Return arrays as one of the longest's length, with NaN beyond the end of the others."""
    longest = max(map(len, arrays), default=length)
    padded = np.full((len(arrays), longest, *shape), np.nan, dtype=dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded


def _special_arrays(branch: BranchData, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is known of the special points, by name: dims and values."""
    points, n = branch.special, len(branch.variables)
    eigenvalues = _padded([p.eigenvalues for p in points], dtype=complex)
    orbits = _padded([p.orbit.reshape(-1, 1 + n) for p in points], 1 + n)
    parameters = [[p.parameters[name] for name in names] for p in points]
    arrays: dict[str, Any] = {
        **{name: ("special", _words(getattr(p, name) for p in points)) for name in _SPECIAL_WORDS},
        "row": ("special", np.array([p.row for p in points], dtype=int)),
        "residual": ("special", np.array([p.residual for p in points], dtype=float)),
        "modes": ("special", np.array([len(p.eigenvalues) for p in points], dtype=int)),
        "bracket": (("special", "side"), _padded([p.bracket for p in points], length=2)),
        "state": (("special", "variable"), _padded([p.state for p in points], length=n)),
        "parameter": (("special", "parameter"), _padded(parameters, length=len(names))),
        "eigenvalue_real": (("special", "special_mode"), eigenvalues.real),
        "eigenvalue_imag": (("special", "special_mode"), eigenvalues.imag),
        "orbit": (("special", "special_node", "time_and_variables"), orbits),
        "data_names": ("special", _words("\n".join(p.data) for p in points)),
    }
    for key in sorted({key for p in points for key in p.data}):
        values = [p.data.get(key, np.nan) for p in points]
        arrays[f"data_{key}"] = "special", np.array(values, dtype=float)
    return arrays


def from_dataset(dataset: xr.Dataset, kind: type[AnyBranch]) -> AnyBranch:
    """Rebuild the branch that `to_dataset` stored, also after a round trip through netCDF.

    `kind` is the class to return.
    """

    def words(name: str) -> tuple[str, ...]:
        return tuple(map(str, dataset[name].values))

    attributes = dataset.attrs
    variables, free, names = map(words, ("variable", "free", "parameter"))
    fixed = zip(names, dataset["fixed_value"].values, strict=True)
    units = dict(line.split("\t") for line in _lines(attributes["other_units"]))
    for named in ("variable", "parameter"):
        units |= zip(words(named), words(f"{named}_unit"), strict=True)
    columns, extra = _named(dataset, "column_"), _named(dataset, "extra_")
    return kind(
        kind=attributes["kind"],
        variables=variables,
        free=free,
        fixed={name: float(value) for name, value in fixed if name not in free},
        states=dataset["state"].values,
        parameters=dataset["free_parameter"].values,
        eigenvalues=_complex(dataset, "eigenvalue"),
        columns={name: columns[name].values for name in _lines(attributes["column_order"])},
        extra={name: (tuple(map(str, x.dims)), x.values) for name, x in extra.items()},
        special=tuple(_special_points(dataset, names)),
        ends=(
            Termination(attributes["start_reason"], attributes["start_message"]),
            Termination(attributes["end_reason"], attributes["end_message"]),
        ),
        units={name: units[name] for name in _lines(attributes["named_units"])},
    )


def _named(dataset: xr.Dataset, prefix: str) -> dict[str, xr.DataArray]:
    """Return the variables whose names have a prefix, by the rest of their names."""
    return {
        str(name).removeprefix(prefix): array
        for name, array in dataset.data_vars.items()
        if str(name).startswith(prefix)
    }


def _complex(dataset: xr.Dataset, name: str) -> NDArray[Any]:
    values = dataset[f"{name}_real"].values.astype(complex)
    values.imag = dataset[f"{name}_imag"].values
    return values


def _special_points(dataset: xr.Dataset, names: tuple[str, ...]) -> Iterator[SpecialPoint]:
    arrays = _named(dataset, "special_")
    eigenvalues = _complex(dataset, "special_eigenvalue")
    for row in range(dataset.sizes["special"]):
        value = {name: array.values[row] for name, array in arrays.items()}
        # Files of earlier versions hold no orbits.
        orbit = value.get("orbit", np.empty((0, 0)))
        orbit = orbit[np.isfinite(orbit).all(axis=1)]
        low, high = map(float, value["bracket"])
        yield SpecialPoint(
            parameters=dict(zip(names, map(float, value["parameter"]), strict=True)),
            state=value["state"],
            bracket=(low, high),
            residual=float(value["residual"]),
            eigenvalues=eigenvalues[row, : int(value["modes"])],
            data={key: float(value[f"data_{key}"]) for key in _lines(str(value["data_names"]))},
            row=int(value["row"]),
            orbit=orbit if len(orbit) else np.empty((0, 0)),
            **{name: str(value[name]) for name in _SPECIAL_WORDS},  # type: ignore[arg-type]
        )
