"""Circuits: populations with the synapses between them, addressed by paths of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, ValidationError, model_validator

from ikmeanfield.circuit.derived import Derived, setters, settled
from ikmeanfield.circuit.population import Name, Population, Stored, Synapse
from ikmeanfield.schema import ConfigError, explain


class Circuit(Stored):
    """Populations with their synapses; drives the network, the mean field and continuation.

    Parameters are addressed by paths such as ``rs.threshold_width``, ``rs.ampa.conductance``
    or ``rs.ampa.weights.fs``, and those of `parameters` by their names.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("parameters",)

    populations: dict[Name, Population]
    parameters: dict[Name, Derived] = Field(
        default={}, description="parameters that set others, by name; see Derived"
    )

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        if not self.populations:
            msg = "a circuit needs at least one population"
            raise ValueError(msg)
        for name, population in self.populations.items():
            for synapse_name, synapse in population.synapses.items():
                for source in synapse.weights:
                    if source not in self.populations:
                        known = ", ".join(self.populations)
                        msg = (
                            f"{name}.{synapse_name}.weights names the source {source!r}; "
                            f"the populations are {known}"
                        )
                        raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _parameters_set_what_they_say(self) -> Self:
        for name in self.parameters:
            if name in self.populations:
                msg = f"parameters.{name}: a population has this name already"
                raise ValueError(msg)
        if self.parameters:
            data = self.model_dump()
            for path, value in settled(self).items():
                whole = isinstance(self.get(path), int)  # a size is rounded
                _put(data["populations"], path, round(value) if whole else value)
            populations = {}
            for name, given in data["populations"].items():
                try:
                    populations[name] = Population.model_validate(given)
                except ValidationError as error:
                    raise explain(error, f"set by {', '.join(self.parameters)}: {name}") from None
            self.__dict__["populations"] = populations  # the model itself is frozen
        return self

    @property
    def sparse(self) -> bool:
        """Whether any synapse connects some neurons only, so that neurons have places."""
        return any(s.sparse for p in self.populations.values() for s in p.synapses.values())

    def get(self, path: str) -> Any:
        """The value of one parameter, for example ``circuit.get("rs.adaptation")``."""
        if path in self.parameters:
            return self.parameters[path].value
        node: Any = self.populations
        for part in _keys(path):
            children = node if isinstance(node, dict) else _children(node)
            if part not in children:
                msg = f"no parameter {path!r}: {part!r} is not one of {', '.join(children)}"
                raise ConfigError(msg)
            node = children[part]
        return node

    def replace(self, values: Mapping[str, Any]) -> Circuit:
        """A circuit with other values of some parameters, checked together.

        Parameters
        ----------
        values
            New values by path; pairs such as v_p and v_0 may move at once.

        Raises
        ------
        ConfigError
            If a path does not exist or the new circuit is not valid.
        """
        if not isinstance(values, Mapping):
            msg = f'values = {values!r}: expected a mapping such as {{"rs.adaptation": 25.0}}'
            raise ConfigError(msg)
        data, owner = self.model_dump(), setters(self.parameters)
        for path, value in values.items():
            self.get(path)
            if path in owner:
                msg = f"{path} is set by the parameter {owner[path]}; change {owner[path]} instead"
                raise ConfigError(msg)
            if path in self.parameters:
                data["parameters"][path]["value"] = value
            else:
                _put(data["populations"], path, value)
        try:
            return Circuit.model_validate(data)
        except ValidationError as error:
            raise explain(error) from None

    def identity(self) -> dict[str, Any]:
        """What determines a result for this circuit, as plain data for a hash."""
        return self.model_dump()

    @staticmethod
    def unit(path: str) -> str:
        """The unit of a parameter, by its path."""
        parts = _keys(path)
        depth = min(len(parts), 3)  # population.field, or population.synapse.field
        fields = {2: Population.model_fields, 3: Synapse.model_fields}.get(depth, {})
        field = fields.get(parts[depth - 1])
        extra = field.json_schema_extra if field is not None else None
        if not isinstance(extra, dict):
            msg = f"{path!r} is not the path of a parameter with a unit"
            raise ConfigError(msg)
        return str(extra["unit"])

    def __str__(self) -> str:
        """One line per population."""
        lines = []
        for name, population in self.populations.items():
            given = [f"{k} = {v}" for k, v in population if k != "synapses"]
            lines.append(f"{name}: {', '.join(given)}")
        for name, derived in self.parameters.items():
            rules = [f"{path} = {text}" for path, text in derived.sets.items()]
            lines.append(f"{name} = {derived.value}: {', '.join(rules)}")
        return "\n".join(lines)


def unit_of(path: str) -> str:
    """The unit of what can be varied: of a parameter, or of one that sets others, by its name."""
    return Circuit.unit(path) if "." in path else "1"


def checked_circuit(given: object) -> Circuit:
    """The circuit itself; anything else is refused in words.

    Raises
    ------
    TypeError
        Saying what was given and what is expected.
    """
    if not isinstance(given, Circuit):
        msg = f"circuit = {given!r}: expected a Circuit, for example `regular_spiking()`"
        raise TypeError(msg)
    return given


def _keys(path: str) -> list[str]:
    if not isinstance(path, str):
        msg = f'{path!r} is not the path of a parameter, such as "rs.adaptation"'
        raise ConfigError(msg)
    return path.split(".")


def _put(populations: dict[str, Any], path: str, value: Any) -> None:
    """Set a parameter that exists in populations as plain data."""
    *parents, last = _keys(path)
    node = populations
    for part in parents:
        node = node[part] if part in node else node["synapses"][part]
    node[last] = value


def _children(node: Any) -> dict[str, Any]:
    """Fields of a model by name; a population's synapses count as its own."""
    fields = dict(node) if isinstance(node, Population | Synapse) else {}
    return {**fields.pop("synapses", {}), **fields}
