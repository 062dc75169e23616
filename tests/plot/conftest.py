"""Pictures are drawn without windows and closed after each test."""

import matplotlib as mpl
import pytest


@pytest.fixture(autouse=True)
def _no_windows():
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    yield
    plt.close("all")
