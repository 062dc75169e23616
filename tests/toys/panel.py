"""A figure of one's own: one panel that shows what a study of one's own has found."""

from ikmeanfield.figures import FIGURES, Figure

TAKES = [{"variances": {"kind": "rate_variance"}}]


def arrange(experiments):
    (taken,) = experiments
    return {"summary": taken["variances"].summary}


def draw(summary):
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(3.4, 2.4), layout="constrained")
    axes = drawing.subplots()
    axes.plot(summary["rs_threshold_width"], summary["rate_variance"], "o")
    axes.set(xlabel="width of the law (mV)", ylabel="variance of the rate (Hz²)")
    return drawing


def caption(summary):
    return f"Variance of the firing rate in {summary.sizes['run']} networks.\n"


FIGURES.register("panel", Figure(__name__))
