"""Branches as xarray Datasets that netCDF holds without loss.

Dimensions: point, variable, free, mode (eigenvalues), special, parameter, side (of a bracket).
No boolean, None or dict is stored; a set of named numbers becomes a float array with NaN plus the
list of the names that are really there.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import xarray as xr

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
    "period": "period",
    "l1": "first Lyapunov coefficient",
    "largest_multiplier": "largest modulus of the nontrivial Floquet multipliers",
    "trivial_multiplier": "trivial Floquet multiplier as computed",
    "reliable": "1 where the multipliers can be trusted, else 0",
    "residual": "largest defect of the equations in scaled coordinates",
    "mesh_error": "estimated collocation error relative to the amplitudes",
    "intervals": "mesh intervals",
}
#: Columns without a dimension; the rest is in the problem's own units.
_UNITS = dict.fromkeys(
    (
        *("arclength", "step", "newton_iterations", "unstable", "stable", "undecided"),
        *(
            "largest_multiplier",
            "trivial_multiplier",
            "reliable",
            "residual",
            "mesh_error",
            "intervals",
        ),
    ),
    "1",
)
AnyBranch = TypeVar("AnyBranch", bound=BranchData)
_SPECIAL_TEXT = ("kind", "status", "name", "message")


def _text(values: list[str]) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=object)


def to_dataset(branch: BranchData) -> xr.Dataset:
    """Store a branch; `from_dataset` is the inverse."""
    unit = branch.units.get
    data: dict[str, Any] = {
        "state": (("point", "variable"), branch.states, {"long_name": "state", "units": "mixed"}),
        "free_parameter": (
            ("point", "free"),
            branch.parameters,
            {"long_name": "free parameters", "units": "mixed"},
        ),
    }
    spectrum = "Floquet multiplier" if branch.kind == "cycle" else "eigenvalue"
    for part, values in (("real", branch.eigenvalues.real), ("imag", branch.eigenvalues.imag)):
        rate = "1" if branch.kind == "cycle" else "1/time"
        attributes = {"long_name": f"{spectrum}, {part} part", "units": rate}
        data[f"eigenvalue_{part}"] = (("point", "mode"), values, attributes)
    for name, column in branch.columns.items():
        attributes = {
            "long_name": _LONG_NAMES.get(name, name.replace("_", " ")),
            "units": unit(name, _UNITS.get(name, "problem units")),
        }
        data[f"column_{name}"] = (("point",), column, attributes)
    for name, (dims, values) in branch.extra.items():
        attributes = {"long_name": name.replace("_", " "), "units": unit(name, "mixed")}
        data[f"extra_{name}"] = (dims, values, attributes)
    names = (*branch.fixed, *branch.free)
    fixed = [branch.fixed.get(name, np.nan) for name in names]
    data["fixed_value"] = (
        ("parameter",),
        np.array(fixed, dtype=float),
        {"long_name": "value of the parameters that are not free", "units": "mixed"},
    )
    data |= _special_variables(branch, names)
    coordinates = {
        "variable": _text(list(branch.variables)),
        "free": _text(list(branch.free)),
        "parameter": _text(list(names)),
        "variable_unit": ("variable", _text([unit(v, "") for v in branch.variables])),
        "parameter_unit": ("parameter", _text([unit(p, "") for p in names])),
    }
    return xr.Dataset(data, coordinates, _attributes(branch))


def _attributes(branch: BranchData) -> dict[str, Any]:
    known = {*branch.variables, *branch.fixed, *branch.free}
    others = {name: unit for name, unit in branch.units.items() if name not in known}
    return {
        "kind": branch.kind,
        "start_reason": branch.ends[0].reason,
        "start_message": branch.ends[0].message,
        "end_reason": branch.ends[1].reason,
        "end_message": branch.ends[1].message,
        "other_units": "\n".join(f"{name}\t{unit}" for name, unit in others.items()),
        "named_units": "\n".join(branch.units),
        "column_order": "\n".join(branch.columns),
    }


def _special_variables(branch: BranchData, names: tuple[str, ...]) -> dict[str, Any]:
    points = branch.special
    modes = max((len(p.eigenvalues) for p in points), default=0)
    keys = sorted({key for p in points for key in p.data})
    spectrum = np.full((len(points), modes), np.nan, dtype=complex)
    for row, point in enumerate(points):
        spectrum[row, : len(point.eigenvalues)] = point.eigenvalues
    n = len(branch.variables)
    longest = max((len(p.orbit) for p in points), default=0)
    orbits = np.full((len(points), longest, 1 + n), np.nan)
    for row, point in enumerate(points):
        orbits[row, : len(point.orbit)] = point.orbit.reshape(-1, 1 + n)
    result: dict[str, Any] = {
        f"special_{name}": (("special",), _text([getattr(p, name) for p in points]))
        for name in _SPECIAL_TEXT
    }
    result |= {
        "special_row": (("special",), np.array([p.row for p in points], dtype=int)),
        "special_residual": (("special",), np.array([p.residual for p in points], dtype=float)),
        "special_modes": (("special",), np.array([len(p.eigenvalues) for p in points], dtype=int)),
        "special_bracket": (
            ("special", "side"),
            np.array([p.bracket for p in points], dtype=float).reshape(-1, 2),
        ),
        "special_state": (
            ("special", "variable"),
            np.array([p.state for p in points], dtype=float).reshape(-1, n),
        ),
        "special_parameter": (
            ("special", "parameter"),
            np.array([[p.parameters[k] for k in names] for p in points]).reshape(-1, len(names)),
        ),
        "special_eigenvalue_real": (("special", "special_mode"), spectrum.real),
        "special_eigenvalue_imag": (("special", "special_mode"), spectrum.imag),
        "special_orbit": (("special", "special_node", "time_and_variables"), orbits),
        "special_data_names": (("special",), _text(["\n".join(p.data) for p in points])),
    }
    for key in keys:
        values = [p.data.get(key, np.nan) for p in points]
        result[f"special_data_{key}"] = (("special",), np.array(values, dtype=float))
    return {
        name: (dims, values, {"long_name": name.replace("_", " "), "units": "problem units"})
        for name, (dims, values) in result.items()
    }


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def from_dataset(dataset: xr.Dataset, kind: type[AnyBranch]) -> AnyBranch:
    """Rebuild the branch that `to_dataset` stored, also after a round trip through netCDF.

    `kind` is the class to return.
    """
    attributes = dataset.attrs
    free = tuple(map(str, dataset["free"].values))
    names = tuple(map(str, dataset["parameter"].values))
    variables = tuple(map(str, dataset["variable"].values))
    fixed_values = dataset["fixed_value"].values
    units = {
        **dict(zip(variables, map(str, dataset["variable_unit"].values), strict=True)),
        **dict(zip(names, map(str, dataset["parameter_unit"].values), strict=True)),
        **dict(line.split("\t") for line in _lines(attributes["other_units"])),
    }
    extra = {
        str(name).removeprefix("extra_"): (tuple(map(str, array.dims)), array.values)
        for name, array in dataset.data_vars.items()
        if str(name).startswith("extra_")
    }
    return kind(
        kind=attributes["kind"],
        variables=variables,
        free=free,
        fixed={k: float(v) for k, v in zip(names, fixed_values, strict=True) if k not in free},
        states=dataset["state"].values,
        parameters=dataset["free_parameter"].values,
        eigenvalues=_complex(dataset, "eigenvalue"),
        columns={
            name: dataset[f"column_{name}"].values for name in _lines(attributes["column_order"])
        },
        extra=extra,
        special=tuple(
            _special_point(dataset, row, names) for row in range(dataset.sizes["special"])
        ),
        ends=(
            Termination(attributes["start_reason"], attributes["start_message"]),
            Termination(attributes["end_reason"], attributes["end_message"]),
        ),
        units={name: units[name] for name in _lines(attributes["named_units"])},
    )


def _complex(dataset: xr.Dataset, name: str) -> np.ndarray[Any, Any]:
    values = np.empty(dataset[f"{name}_real"].shape, dtype=complex)
    values.real = dataset[f"{name}_real"].values
    values.imag = dataset[f"{name}_imag"].values
    return values


def _special_point(dataset: xr.Dataset, row: int, names: tuple[str, ...]) -> SpecialPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[row]

    modes = int(value("modes"))
    orbit = value("orbit")
    orbit = orbit[np.isfinite(orbit).all(axis=1)]
    keys = _lines(str(value("data_names")))
    parameters = map(float, value("parameter"))
    low, high = map(float, value("bracket"))
    text = {name: str(value(name)) for name in _SPECIAL_TEXT}
    return SpecialPoint(
        parameters=dict(zip(names, parameters, strict=True)),
        state=value("state"),
        bracket=(low, high),
        residual=float(value("residual")),
        eigenvalues=_complex(dataset, "special_eigenvalue")[row, :modes],
        data={key: float(value(f"data_{key}")) for key in keys},
        row=int(value("row")),
        orbit=orbit if len(orbit) else np.empty((0, 0)),
        **text,  # type: ignore[arg-type]
    )
