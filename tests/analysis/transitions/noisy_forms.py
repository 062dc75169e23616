"""Systems whose changes of state are known, driven like a network."""

import numpy as np

from ikmeanfield.analysis.transitions.plant import Saved


class Normal:
    """A stochastic equation dx = f(x, I) dt + σ dW, x complex, by Euler's method (1 ms)."""

    sample = 4.0

    def __init__(self, field, observe, x, current, noise=0.0, seed=0):
        self.field, self.observe, self.noise = field, observe, noise
        self.x, self.current = complex(x), float(current)
        self.rng = np.random.default_rng(seed)
        self.spent, self.budget = 0.0, np.inf

    def save(self):
        return Saved(self.x, self.current)

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

    return Normal(field, lambda x: float(np.exp(x.real)), -2.5, 30.0, noise, seed)


def steep(noise=0.0, seed=0):
    """No fold, but a steep change at 40 pA: dx/dt = 0.01 [tanh((I − 40)/2) − x]."""

    def field(x, current):
        return 0.01 * (1.5 * np.tanh((current - 40.0) / 2.0) - x.real)

    return Normal(field, lambda x: float(np.exp(x.real)), -1.5, 30.0, noise, seed)


def oscillator(border, slope, cubic, quintic, noise=0.0, seed=0):
    """Hopf normal form of period 200 ms, λ = −slope (I − border) per s; observed about 3."""

    def field(z, current):
        x = abs(z) ** 2
        rate = -slope * (current - border) - cubic * x - quintic * x * x
        return z * (np.exp(rate / 1000.0 + 2j * np.pi / 200.0) - 1)

    return Normal(field, lambda z: 3.0 + z.real, 1.0, border - 3.0, noise, seed)


def ramped(plant, low, high, rise=10_000.0, keep=200.0):
    """The observable and the saved states along a ramp up and down, and a hint for each slope."""
    from ikmeanfield.analysis.transitions.course import Course, RampSettings

    settings = RampSettings(rise=rise, keep=keep, sample=plant.sample)
    course = settings.current(low, high)
    plant.current = low
    pieces, saved = [], []
    for k in range(round(settings.duration / keep)):
        pieces.append(plant.drive(float(course((k + 1) * keep)), keep, keep))
        saved.append(plant.save())
    rate = np.concatenate(pieces)
    time = plant.sample * np.arange(1, rate.size + 1)
    turn = round((settings.settle + settings.rise) / keep)
    plant.spent = 0.0
    blank = np.zeros(rate.size)
    return (
        Course(time, course(time), blank, blank, rate, rate, plant.sample, saved, turn),
        settings,
    )
