"""Claims of the studies that the data can decide: one module for each.

To add a claim, write a module as `ikmeanfield.claims.claim.Claim` describes and add its name below.
A plug-in calls ``CLAIMS.register(name, Claim(module))`` instead.
"""

from ikmeanfield.claims.claim import Claim, Finding
from ikmeanfield.registry import Registry

CLAIMS: Registry[Claim] = Registry("claim", {})
"""Every claim, by name."""

for _name in (
    "folds_agree_on_the_ramp",
    "folds_agree_held",
    "deviation_grows_with_adaptation",
    "one_recovery_is_closer",
    "adjusted_current_exceeds",
    "correction_improves",
    "correction_in_the_circuit",
    "rates_spread_with_width",
    "error_below_fluctuations",
    "lag_hides_the_error",
    "inhibition_lowers_resonance",
    "inhibition_removes_hysteresis",
    "alike_inhibition_imposes_oscillations",
    "noise_averages_like_heterogeneity",
    "only_heterogeneity_keeps_the_code",
    "noise_hides_the_inputs",
    "noise_adds_dimensions",
    "bistable_then_oscillating",
    "recovery_not_above_adaptation",
    "codimension_two_points",
    "one_recovery_moves_folds_closer",
    "two_forms_differ",
    "bifurcations_preserved",
    "correction_near_rest",
    "near_resets_raise_rates",
    "far_reset_needs_no_correction",
    "correction_overestimates",
    "variance_is_synchrony",
    "equal_thresholds_reverse_variance",
    "spectra_differ",
    "one_recovery_costs_most",
    "heterogeneity_removes_bistability",
    "tonic_recovery_agrees",
    "burst_extrema_agree",
    "offset_from_averaging",
    "network_bursts_earlier",
    "different_inhibition_only_shifts",
    "errors_remain",
    "exact_folds_are_the_limit",
    "scatter_falls_with_size",
    "heterogeneity_blurs_bumps",
    "heterogeneity_raises_dimension",
    "heterogeneity_helps_decoding",
    "heterogeneity_desynchronises",
    "intermediate_heterogeneity_synchronises",
    "sensitivity_has_an_optimum",
    "heterogeneity_linearises",
    "heterogeneity_leaves_one_state",
    "heterogeneity_steadies_eigenvalues",
    "barriers_fall_with_heterogeneity",
    "heterogeneity_widens_locking",
):
    CLAIMS.register(_name, Claim(f"{__name__}.{_name}"))

__all__ = ["CLAIMS", "Claim", "Finding"]
