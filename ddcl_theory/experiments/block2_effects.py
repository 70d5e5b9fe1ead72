"""Block 2: one number a replicate for each prediction."""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory.experiments.block2_settings import ACC_ANNEALED, ACC_MIDDLE, ACC_SEPARATED, METHODS, MIDDLE, SWEEP
from ddcl_theory.experiments.block2_training import CLUSTERS, COLLAPSED
from ddcl_theory.experiments.protocol import Runs
from ddcl_theory.experiments.quantified import pairs_of, without

#: Every two of the five methods, and of the fixed temperatures over which ACC is compared.
PAIRS, CHANGES = pairs_of(METHODS), pairs_of(SWEEP)


def advantage(runs: Runs) -> float:
    """ACC of L_q minus that of L_OLS, both annealed."""
    return runs("L_q", "accuracy") - runs("L_OLS", "accuracy")


def between_two(runs: Runs) -> float:
    """ACC of one method minus that of another."""
    first, second = PAIRS[str(runs.fixed["pair of methods"])]
    alone = without(runs, "pair of methods")
    return alone(str(first), "accuracy") - alone(str(second), "accuracy")


def excess_deviation(runs: Runs) -> float:
    """How far ACC is from its mean over the replicates: of DeepCluster minus that of L_q (Levene, 1960)."""
    return _deviation(runs, "DeepCluster") - _deviation(runs, "L_q")


def gain_of_annealing(runs: Runs) -> float:
    """ACC annealed minus ACC at the fixed temperature."""
    return _annealed(runs, "accuracy") - runs("L_q, fixed T", "accuracy")


def gain_over_middle(runs: Runs) -> float:
    """ACC annealed minus ACC at T = 0.5."""
    return runs("L_q", "accuracy") - runs("L_q, fixed T", "accuracy", T=MIDDLE)


def relative_uncertainty(runs: Runs) -> float:
    """Final U_q at the fixed temperature as a part of that of uniform assignments."""
    return runs("L_q, fixed T", "uncertainty") / (1 - 1 / CLUSTERS)


def gain_of_separation(runs: Runs) -> float:
    """ACC with L_sep minus ACC without, both annealed."""
    return runs("L_q + L_sep", "accuracy") - _annealed(runs, "accuracy")


def rise_of_variance(runs: Runs) -> float:
    """Final V minus that at the next lower of the fixed temperatures."""
    lower = SWEEP[SWEEP.index(float(runs.fixed["T"])) - 1]
    return runs("L_q, fixed T", "variance") - runs("L_q, fixed T", "variance", T=lower)


def change_of_accuracy(runs: Runs) -> float:
    """ACC at one fixed temperature minus that at a lower one."""
    alone = without(runs, "pair of temperatures")
    low, high = (alone("L_q, fixed T", "accuracy", T=t) for t in CHANGES[str(runs.fixed["pair of temperatures"])])
    return high - low


def no_violation(runs: Runs) -> float:
    """1 if L_q = L_OLS + V and L_q ≥ L_OLS to rounding in every epoch of both arms."""
    return float(not any(runs(arm, name) for arm in ("L_q", "L_OLS") for name in ("violations", "negative")))


def stays_apart(runs: Runs) -> float:
    """1 if neither arm ends collapsed; Missing where one diverged."""
    return float(all(runs(arm, "separation") >= COLLAPSED for arm in ("L_q", "L_OLS")))


def correlation(runs: Runs) -> float:
    """Pearson correlation of D_P and U_q over the epochs."""
    return runs("L_q", "correlation")


def fall_of_uncertainty(runs: Runs) -> float:
    """U_q before the first epoch minus U_q after the last."""
    return runs("L_q", "uncertainty_start") - runs("L_q", "uncertainty")


def rise_of_separation(runs: Runs) -> float:
    """D_P after the last epoch minus D_P before the first, in units of the data's variance."""
    return runs("L_q", "separation") - runs("L_q", "separation_start")


def unsettled(runs: Runs) -> float:
    """Relative change of D_P over the last tenth of the epochs."""
    return runs("L_q", "unsettled")


def distinct_digits(runs: Runs) -> float:
    """How many digits are the majority in some cluster."""
    return runs("L_q", "digits")


def excess_annealed(runs: Runs) -> float:
    """Annealed ACC minus the paper's."""
    return runs("L_q", "accuracy") - ACC_ANNEALED


def excess_middle(runs: Runs) -> float:
    """ACC at T = 0.5 minus the paper's."""
    return runs("L_q, fixed T", "accuracy", T=MIDDLE) - ACC_MIDDLE


def excess_separated(runs: Runs) -> float:
    """ACC with L_sep minus the paper's."""
    return runs("L_q + L_sep", "accuracy") - ACC_SEPARATED


def _annealed(runs: Runs, metric: str) -> float:
    """A metric of the annealed L_q, which has none of the open conditions of other arms."""
    return without(runs, *runs.fixed)("L_q", metric)


def _deviation(runs: Runs, arm: str) -> float:
    """Distance of the replicate's ACC from the mean over the finished replicates of its arm and setting."""
    setting = runs.grid.of_arm(arm, runs.setting)
    seeds = [seed for a, condition, s, seed in runs.index if (a, condition, s) == (arm, (), setting)]
    every = [replace(runs, seed=seed)(arm, "accuracy") for seed in seeds]
    return abs(runs(arm, "accuracy") - sum(every) / max(1, len(every)))
