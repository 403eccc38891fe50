"""Waveforms: what `settle trace` writes, as arrays."""
from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Signal:
    """A signal over time.

    seconds: when it changes, simulated, ascending; values: what it is from then on, of as many numbers (phase.now: of
    texts, "idle", "free" or "clamped"); unit: "V", "S", "J", "W", or "" for codes, bits and logits.
    """

    seconds: np.ndarray
    values: np.ndarray
    unit: str

    def at(self, seconds: float | np.ndarray) -> np.ndarray:
        """The value at these times; before the first change, the first value."""
        return self.values[np.maximum(np.searchsorted(self.seconds, seconds, side="right") - 1, 0)]


class Waveform(Mapping[str, Signal]):
    """Signals by name, as docs/waveforms.md lists them: waveform["hidden1.v0"], waveform.find("hidden?.v*").

    path: of the file in its folder, for GTKWave.
    """

    def __init__(self, signals: Mapping[str, Signal], path: str):
        self._signals = dict(signals)
        self.path = path

    def __getitem__(self, name: str) -> Signal:
        try:
            return self._signals[name]
        except KeyError:
            raise KeyError(f"no signal {name}; there is {', '.join(self._signals)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._signals)

    def __len__(self) -> int:
        return len(self._signals)

    def find(self, glob: str) -> dict[str, Signal]:
        """The signals whose names fit the glob."""
        return {name: signal for name, signal in self._signals.items() if fnmatch.fnmatchcase(name, glob)}


def _unit(name: str) -> str:
    owner, member = name.rsplit(".", 1)
    letters = member.rstrip("0123456789_")
    if owner == "meter":
        return {"energy_j": "J", "power_w": "W"}.get(member, "")
    if letters in ("g", "gsub"):
        return "S"
    return "V" if letters in ("v", "dv", "u", "held", "held_u") else ""


def _value(text: str, is_text: bool) -> float | str:
    if text[0] == "r":
        return float(text[1:])
    bits = text[1:] if text[0] == "b" else text
    if any(bit not in "01" for bit in bits):
        return "" if is_text else float("nan")
    if is_text:
        number = int(bits, 2)
        return number.to_bytes((number.bit_length() + 7) // 8, "big").decode("ascii", "replace").strip("\0 ")
    return float(int(bits, 2))


def _signed(values: np.ndarray, bits: int) -> np.ndarray:
    """Codes are two's complement where they go below zero."""
    return np.where(values >= 2.0 ** (bits - 1), values - 2.0**bits, values) if bits > 1 else values


def read_vcd(path: str) -> Waveform:
    """The waveform of a VCD file."""
    names: dict[str, str] = {}
    widths: dict[str, int] = {}
    times: dict[str, list[int]] = {}
    values: dict[str, list[float | str]] = {}
    scope: list[str] = []
    seconds_per_step, now = 1e-15, 0
    with open(path, encoding="ascii", errors="replace") as file:
        lines = iter(file)
        for line in lines:
            words = line.split()
            if not words:
                continue
            if words[0] == "$timescale":
                number, unit = (words[1:-1] if words[-1] == "$end" else next(lines).split())[:2]
                seconds_per_step = float(number) * {"s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15}[unit]
            elif words[0] == "$scope":
                scope.append(words[2])
            elif words[0] == "$upscope":
                scope.pop()
            elif words[0] == "$var":
                names[words[3]] = ".".join(scope[1:] + [words[4]])
                widths[words[3]] = int(words[2]) if words[1] == "wire" else 0
                times[words[3]], values[words[3]] = [], []
            elif words[0] == "$enddefinitions":
                break
        for line in lines:
            first = line[0]
            if first == "#":
                now = int(line[1:])
            elif first in "01xzXZ" and line[1:].strip() in names:
                code = line[1:].strip()
                times[code].append(now)
                values[code].append(_value(first, False))
            elif first in "rb":
                text, code = line.split()
                times[code].append(now)
                values[code].append(_value(text, names[code] == "phase.now"))
    signals = {}
    for code, name in names.items():
        numbers = np.array(values[code])
        if widths[code] > 0 and ".code" in name:
            numbers = _signed(numbers, widths[code])
        signals[name] = Signal(np.array(times[code], dtype=np.float64) * seconds_per_step, numbers, _unit(name))
    return Waveform(signals, path)
