"""A claim of one's own: networks fire faster than a theory says."""

from ikmeanfield.claims import CLAIMS, Claim, Finding
from ikmeanfield.claims.averages import mean
from ikmeanfield.claims.claim import exceeds

STATEMENT = "Networks fire faster than the theory says."
SOURCE = "A study of one's own, Fig. 1"
TAKES = [{"predictions": {"kind": "predictions"}}]
CRITERION = {"least": 0.0}
"""By how many Hz the network must be faster."""


def judge(sources, least):
    """Rate of the network less that of each theory, averaged over the runs."""
    summary = sources[0]["predictions"].summary
    for theory in summary["theory"].values.tolist():
        value, error = mean(-summary["difference_mean"].sel(theory=theory))
        statistic = "rate of the network less that of the theory, mean over the runs"
        yield Finding(theory, statistic, value, error, "Hz", exceeds(value, least, error))


CLAIMS.register("quiet_theory", Claim(__name__))
