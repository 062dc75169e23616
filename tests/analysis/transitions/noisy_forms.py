"""Stochastic normal forms with known transitions, driven like a network."""

import numpy as np

from ikmeanfield.analysis.transitions.system import SavedState


class NormalForm:
    """A stochastic equation dx = f(x, I) dt + σ dW, x complex, by Euler's method (1 ms)."""

    sample = 4.0

    def __init__(self, field, observe, x, current, noise=0.0, seed=0):
        self.field, self.observe, self.noise = field, observe, noise
        self.x, self.current = complex(x), float(current)
        self.rng = np.random.default_rng(seed)
        self.spent, self.budget = 0.0, np.inf

    def save(self):
        return SavedState(self.x, self.current)

    def load(self, saved):
        self.x, self.current = saved

    def drive(self, to, over, duration):
        steps, ramp = round(duration), round(over)
        kicks = self.noise * (
            self.rng.standard_normal(steps) + 1j * self.rng.standard_normal(steps)
        )
        begin, out, x = self.current, np.empty(steps), self.x
        for k in range(steps):
            current = to if k >= ramp else begin + (to - begin) * (k + 1) / ramp
            x = x + self.field(x, current) + complex(kicks[k])
            out[k] = self.observe(x)
        self.x, self.current = x, begin if steps == 0 else current
        self.spent += duration
        return out.reshape(-1, int(self.sample)).mean(axis=1)


def folds(noise=0.0, seed=0):
    """Two folds, at 38 and 42 pA: dx/dt = 0.01 [(I − 40)/3 + x − x³/3], observed as eˣ."""

    def field(x, current):
        x = x.real
        return 0.01 * ((current - 40.0) / 3.0 + x - x**3 / 3.0)

    return NormalForm(field, lambda x: float(np.exp(x.real)), -2.5, 30.0, noise, seed)


def steep(noise=0.0, seed=0):
    """No fold, but a steep change at 40 pA: dx/dt = 0.01 [tanh((I − 40)/2) − x]."""

    def field(x, current):
        return 0.01 * (1.5 * np.tanh((current - 40.0) / 2.0) - x.real)

    return NormalForm(field, lambda x: float(np.exp(x.real)), -1.5, 30.0, noise, seed)


def oscillator(boundary, slope, cubic, quintic, noise=0.0, seed=0):
    """Hopf normal form of period 200 ms, λ = −slope (I − boundary) per s, observed about 3."""

    def field(z, current):
        x = abs(z) ** 2
        rate = -slope * (current - boundary) - cubic * x - quintic * x * x
        return z * (np.exp(rate / 1000.0 + 2j * np.pi / 200.0) - 1)

    return NormalForm(field, lambda z: 3.0 + z.real, 1.0, boundary - 3.0, noise, seed)


def ramped(system, low, high, rise=10_000.0, save_every=200.0):
    """Record a ramp up and down, saving states on the way; return the recording and settings."""
    from ikmeanfield.analysis.transitions.ramp_run import RampRecording, RampSettings

    settings = RampSettings(rise=rise, save_every=save_every, sample=system.sample)
    current = settings.current(low, high)
    system.current = low
    pieces, saved = [], []
    for k in range(round(settings.duration / save_every)):
        pieces.append(system.drive(float(current((k + 1) * save_every)), save_every, save_every))
        saved.append(system.save())
    rate = np.concatenate(pieces)
    time = system.sample * np.arange(1, rate.size + 1)
    turn = round((settings.settle + settings.rise) / save_every)
    system.spent = 0.0
    blank = np.zeros(rate.size)
    return (
        RampRecording(time, current(time), blank, blank, rate, rate, system.sample, saved, turn),
        settings,
    )
