"""Configurations: mappings of keys as TOML, and the list of all keys."""
from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np

from . import _models
from ._arguments import path_of
from ._models import InputError

#: The path of a TOML file, or keys: {"network.beta": 0.1} or {"network": {"beta": 0.1}}; None: the defaults.
Config = Union[str, os.PathLike, Mapping[str, Any], None]


@dataclass(frozen=True)
class Key:
    """A configuration key.

    name: "section.key"; default: its value where a configuration does not state it; allowed: what it may hold, in
    words; choices: the words that are allowed, where there are few; unit: "s", "V", ...; "" for a count, a fraction
    or a text; meaning: a sentence.
    """

    name: str
    default: Any
    allowed: str
    choices: tuple[str, ...]
    unit: str
    meaning: str


_UNITS = {
    "s": "s", "v": "V", "j": "J", "w": "W", "a": "A", "f": "F", "c": "C", "k": "K", "m": "m", "um": "um", "um2": "um^2",
    "hz": "Hz", "ohm": "ohm", "siemens": "S", "lsb": "LSB", "minutes": "min", "kelvin": "1/K",
}


def _unit(name: str) -> str:
    """The unit that a name ends in: "_j_per_byte" is J/byte, "_v_per_rthz" V/sqrt(Hz)."""
    words = name.split(".")[-1].split("_")
    if len(words) >= 3 and words[-2] == "per":
        below = {"rthz": "sqrt(Hz)"}.get(words[-1], _UNITS.get(words[-1], words[-1]))
        above = _UNITS.get(words[-3], words[-3])
        return f"{above}/{below}"
    if len(words) >= 2 and words[-2] == "per":
        return _UNITS.get(words[-1], "1/" + words[-1])
    return _UNITS.get(words[-1], "") if len(words) > 1 else ""


def config(name: str | None = None) -> dict[str, Key]:
    """All keys of a configuration, those of a section ("network"), or one ("network.beta"), by name.

    InputError for a name that no key or section has.
    """
    keys = {
        key: Key(key, tomllib.loads(f"value = {default}")["value"], allowed, tuple(choices), _unit(key), meaning)
        for key, default, allowed, choices, meaning in _models.keys()
    }
    if name is None:
        return keys
    wanted = {key: row for key, row in keys.items() if name in (key, key.split(".")[0])}
    if not wanted:
        sections = ", ".join(dict.fromkeys(key.split(".")[0] for key in keys))
        raise InputError(f"there is no key or section {name}; sections are {sections}")
    return wanted


def toml_value(value: Any, key: str) -> str:
    """A value as TOML has it. InputError, which names the key, for one that TOML has not."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        try:
            return str(int(value))
        except ValueError:  # beyond what Python makes texts of
            raise InputError(f"{key}: is too large a number") from None
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return repr(number) if math.isfinite(number) else str(number)
    if isinstance(value, (str, os.PathLike)):
        return _quoted(os.fspath(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_quoted(str(k))} = {toml_value(v, key)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(toml_value(each, key) for each in value) + "]"
    raise InputError(f"{key}: must be a number, a text, a list or a table, not {type(value).__name__}")


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def flat(keys: Mapping[str, Any] | None, what: str = "config") -> dict[str, Any]:
    """{"network": {"beta": 0.1}} as {"network.beta": 0.1}; None: {}. Tables below a key stay as they are.

    InputError, which names `what`, for what is no mapping of keys.
    """
    if keys is None:
        return {}
    if not isinstance(keys, Mapping):
        raise InputError(f"{what}: must be a mapping of keys, such as {{\"network.beta\": 0.1}}, not {type(keys).__name__}")
    all_keys: dict[str, Any] = {}
    for name, value in keys.items():
        if not isinstance(name, str):
            raise InputError(f"{what}: keys are texts, such as \"network.beta\", not {name!r}")
        named = {name: value}
        if "." not in name and isinstance(value, Mapping):
            named = {f"{name}.{key}": each for key, each in value.items()}
        for key, each in named.items():
            if key in all_keys:
                raise InputError(f"{what}: {key}: is stated twice")
            all_keys[key] = each
    return all_keys


def toml_text(keys: Mapping[str, Any], what: str = "config") -> str:
    """A configuration of these keys as a TOML file has it."""
    return "".join(f"{_bare(name)} = {toml_value(value, name)}\n" for name, value in flat(keys, what).items())


def _bare(name: str) -> str:
    return ".".join(part if part.replace("_", "").replace("-", "").isalnum() and part.isascii() else _quoted(part)
                    for part in name.split("."))


@dataclass(frozen=True)
class Changed:
    """A configuration, and keys that are changed after it, as by --set."""

    config: Config
    overrides: Mapping[str, Any] | None


def source_of(config: Config | Changed) -> tuple[str, str, list[str]]:
    """(path, "", [...]) of a file, ("", text, [...]) of keys; and the overrides, each "key=value"."""
    if isinstance(config, Changed):
        path, text, _ = source_of(config.config)
        return path, text, [f"{key}={toml_value(value, key)}" for key, value in flat(config.overrides, "overrides").items()]
    if config is None:
        return "", "", []
    if isinstance(config, Mapping):
        return "", toml_text(config), []
    if isinstance(config, (str, os.PathLike)):
        return path_of(config, "config"), "", []
    raise InputError(f"config: must be the path of a TOML file or a mapping of keys, not {type(config).__name__}")
