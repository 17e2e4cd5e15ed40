"""The figures of scripts/bench-analytics.ts by numpy, whole columns at a time, as a floor to measure against.

Reads `path traders days` as arguments (float64, row-major), says "ready", and for each line on stdin computes once and answers
`{"cpuMs": ..., "wallMs": ..., "sums": {...}}`: the time, and the sum over traders of some figures, which shows that both sides computed the same.
"""

import json
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
PERIODS = 365
TAIL_Z = -1.6448536269514729


def divided(a, b):
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=(b != 0))


def longest_run(hit):
    """Longest run of true per row."""
    days = np.arange(1, hit.shape[1] + 1, dtype=np.int32)
    last_miss = np.maximum.accumulate(np.where(hit, 0, days), axis=1)
    return (days - last_miss).max(axis=1)


def autocorrelation(d, lag):
    x, y = d[:, :-lag], d[:, lag:]
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    return (x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))


def figures(r, months):
    n = r.shape[1]
    annually = np.sqrt(PERIODS)
    five, ten = 1.05 ** (1 / PERIODS) - 1, 1.10 ** (1 / PERIODS) - 1
    mean = r.mean(axis=1)
    d = r - mean[:, None]
    square = d * d
    second = square.sum(axis=1)
    deviation = np.sqrt(second / (n - 1))
    variance = second / n
    skew = (square * d).mean(axis=1) / variance**1.5
    kurtosis = (square * square).mean(axis=1) / variance**2 - 3
    skew_g = skew * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis_g = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis + 6)
    volatility = deviation * annually
    sharpe = mean / deviation * annually
    sharpe5 = (mean - five) / deviation * annually
    # Days.
    gains, losses = np.maximum(r, 0), np.minimum(r, 0)
    gained, lost = gains.sum(axis=1), -losses.sum(axis=1)
    won, missed = r > 0, r < 0
    wins, losing = won.sum(axis=1), missed.sum(axis=1)
    rate, rate_all = divided(wins, wins + losing), wins / n
    factor = divided(gained, lost)
    payoff = divided(gained / wins, lost / losing)
    kelly = rate - (1 - rate) / payoff
    sortino = mean / np.sqrt((losses * losses).mean(axis=1)) * annually
    below5 = np.minimum(r - five, 0)
    sortino5 = (mean - five) / np.sqrt((below5 * below5).mean(axis=1)) * annually
    over10 = r - ten
    omega10 = divided(np.maximum(over10, 0).sum(axis=1), -np.minimum(over10, 0).sum(axis=1))
    pain_daily = divided(r.sum(axis=1), lost)
    monthly = np.add.reduceat(r, months, axis=1)
    pain_monthly = divided(monthly.sum(axis=1), -np.minimum(monthly, 0).sum(axis=1))
    best, worst = r.max(axis=1), r.min(axis=1)
    run_won, run_lost = longest_run(won), longest_run(missed)
    # Capital and draw-downs.
    equity = np.cumprod(1 + r, axis=1)
    peak = np.maximum(np.maximum.accumulate(equity, axis=1), 1)
    below = equity / peak - 1
    total = equity[:, -1] - 1
    cagr = equity[:, -1] ** (PERIODS / n) - 1
    deepest = below.min(axis=1)
    calmar, recovery = divided(cagr, -deepest), divided(np.abs(r.sum(axis=1)), -deepest)
    under = below < 0
    starts = under & ~np.concatenate([np.zeros((len(r), 1), bool), under[:, :-1]], axis=1)
    episodes = starts.sum(axis=1)
    rows, columns = np.nonzero(starts)
    flat = np.where(under, below, 0).ravel()
    depths = np.minimum.reduceat(flat, rows * n + columns) if len(rows) else np.zeros(0)
    average = divided(np.bincount(rows, weights=depths, minlength=len(r)), episodes)
    longest = longest_run(under)
    trough = below.argmin(axis=1)
    after = (~under) & (np.arange(n)[None, :] > trough[:, None])
    recovered = np.where(after.any(axis=1), after.argmax(axis=1) - trough, np.nan)
    pain = -below.mean(axis=1)
    squares = (below * below).sum(axis=1)
    ulcer, ulcer1 = np.sqrt(squares / n), np.sqrt(squares / (n - 1))
    # Tails.
    k, whole = int(np.floor(0.05 * (n - 1))), int(np.floor(0.05 * n))
    low, high = np.quantile(r, [0.05, 0.95], axis=1)
    tail_ratio = divided(np.abs(high), np.abs(low))
    part = np.partition(r, [k, whole], axis=1)
    worst_k = part[:, : k + 1].mean(axis=1)
    exact = (part[:, :whole].sum(axis=1) + (0.05 * n - whole) * part[:, whole]) / (0.05 * n)
    at_low = r <= low[:, None]
    at_or_below = (r * at_low).sum(axis=1) / at_low.sum(axis=1)
    parametric = mean + TAIL_Z * deviation
    under_normal = r < parametric[:, None]
    count = under_normal.sum(axis=1)
    below_normal = np.where(count > 0, divided((r * under_normal).sum(axis=1), count), parametric)
    # Autocorrelation.
    rho = [autocorrelation(d, lag) for lag in range(1, 8)]
    q = PERIODS
    corrected = mean / deviation * q / np.sqrt(q + 2 * sum((q - lag - 1) * one for lag, one in enumerate(rho)))
    penalty = np.ones(len(r))
    power = np.abs(rho[0])
    for lag in range(1, 60):
        penalty += 2 * (n - lag) / n * power**lag
    penalty = np.sqrt(penalty)
    return {
        "total_return": total, "cagr": cagr, "calmar": calmar, "recovery_factor_sum": recovery,
        "annual_volatility": volatility, "sharpe": sharpe, "sharpe_rf5": sharpe5, "sortino": sortino,
        "sortino_rf5": sortino5, "omega": factor, "omega_required10": omega10, "autocorrelation_lag1": rho[0],
        "autocorrelation_penalty": penalty, "smart_sharpe": sharpe / penalty, "smart_sortino": sortino / penalty,
        "sharpe_autocorrelation_corrected": corrected, "max_drawdown": deepest, "average_drawdown": average,
        "drawdown_episodes": episodes, "longest_drawdown_days": longest,
        "deepest_drawdown_recovery_days": recovered, "pain_index": pain, "ulcer_index_n": ulcer,
        "ulcer_index_n_minus_1": ulcer1, "var95_historical": low, "var95_parametric": parametric,
        "cvar95_worst_k": worst_k, "cvar95_at_or_below_historical_var": at_or_below,
        "cvar95_below_parametric_var": below_normal, "cvar95_exact_tail": exact, "skew_population": skew,
        "skew_unbiased": skew_g, "kurtosis_population_excess": kurtosis, "kurtosis_unbiased_excess": kurtosis_g,
        "tail_ratio": tail_ratio, "win_rate_excluding_zero": rate, "win_rate_all_days": rate_all,
        "profit_factor": factor, "payoff_ratio": payoff, "kelly": kelly, "gain_to_pain_daily": pain_daily,
        "gain_to_pain_monthly": pain_monthly, "best_day": best, "worst_day": worst,
        "max_consecutive_wins": run_won, "max_consecutive_losses": run_lost,
    }


def main():
    path, traders, days = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    r = np.fromfile(path, dtype="<f8").reshape(traders, days)
    months = np.arange(0, days, 30)
    print("ready", flush=True)
    for line in sys.stdin:
        began, wall = time.process_time(), time.perf_counter()
        if line.strip() == "correlation":
            found = {"correlation": np.corrcoef(r)}
        else:
            found = figures(r, months)
        cpu, wall = (time.process_time() - began) * 1e3, (time.perf_counter() - wall) * 1e3
        sums = {name: float(np.nansum(value)) for name, value in found.items()}
        print(json.dumps({"cpuMs": cpu, "wallMs": wall, "sums": sums}), flush=True)


main()
