"""Small dense rate networks against scipy's solve_ivp, read back with h5py.

Usage: check_rates.py ATTRACTOR FOLDER [wrong]. With `wrong` one weight differs from the one that was simulated.
"""

import pathlib
import subprocess
import sys

import h5py
import numpy as np
from scipy.integrate import solve_ivp

CONFIG = """
model = "rate"
duration = "80 ms"
[network]
size = {size}
tau = "10 ms"
input = 0.3
strength = 0.8
integrator = "{integrator}"
gain = {gain}
coupling = {{ kind = "file", file = "weights.npy" }}
[start]
state = "start.npy"
[[stimuli]]
kind = "pulse"
amplitude = -0.9
start = "30 ms"
stop = "50 ms"
[record]
neurons = {size}
"""

SIZE = 23
GAINS = {
    '{ kind = "tanh", slope = 1.7, threshold = -0.1 }': lambda x: np.tanh(1.7 * (x + 0.1)),
    '{ kind = "sigmoid", slope = 3.0, threshold = 0.2, maximum = 1.4 }': lambda x: 1.4 / (1 + np.exp(-3 * (x - 0.2))),
    '{ kind = "saturating", slope = 0.9, maximum = 0.7 }': lambda x: np.clip(0.9 * x, 0, 0.7),
    '{ kind = "relu", slope = 0.5, threshold = 0.1 }': lambda x: 0.5 * np.maximum(x - 0.1, 0),
}
# In single precision; exponential Euler errs in proportion to its step.
TOLERANCES = {"rk4": 1e-5, "exponential": 2e-2}


def solve(phi, weights, start):
    """r at every millisecond, the input switched on and off between exact integrations."""
    rows = [start[None, :]]
    for begin, end, pulse in [(0, 30, 0.0), (30, 50, -0.9), (50, 80, 0.0)]:
        times = np.arange(begin + 1, end + 1)
        solved = solve_ivp(
            lambda _, r: (-r + phi(0.3 + pulse + 0.8 * weights @ r)) / 10,
            (begin, end), rows[-1][-1], t_eval=times, rtol=1e-10, atol=1e-12, max_step=0.2,
        )
        assert solved.success, solved.message
        rows.append(solved.y.T)
    return np.concatenate(rows)


def main(attractor, folder, wrong):
    folder = pathlib.Path(folder)
    draws = np.random.default_rng(5)
    weights = (1.5 / np.sqrt(SIZE) * draws.standard_normal((SIZE, SIZE))).astype(np.float32)
    start = draws.uniform(-1, 1, SIZE).astype(np.float32)
    np.save(folder / "weights.npy", weights)
    np.save(folder / "start.npy", start)
    truth = weights.astype(float)
    if wrong:
        truth[3, 7] += 0.01
    worst = dict.fromkeys(TOLERANCES, 0.0)
    for gain, phi in GAINS.items():
        expected = solve(phi, truth, start.astype(float))
        for integrator, tolerance in TOLERANCES.items():
            (folder / "net.toml").write_text(CONFIG.format(size=SIZE, integrator=integrator, gain=gain))
            run = [attractor, "run", "net.toml", "--backend", "cpu", "--force", "--quiet"]
            subprocess.run(run, cwd=folder, check=True)
            with h5py.File(folder / "net.h5") as results:
                rates, times = results["neurons/value"][:], results["neurons/time"][:]
                assert results["neurons/node_ids"][:].tolist() == list(range(SIZE))
                mean = results["rates/network/value"][:]
            np.testing.assert_allclose(times, np.arange(81), atol=1e-9)
            np.testing.assert_allclose(mean, rates.mean(axis=1), atol=1e-6)
            error = np.abs(rates - expected).max()
            worst[integrator] = max(worst[integrator], error)
            assert error < tolerance, f"{integrator}, {gain}: {error} from solve_ivp"
    assert worst["exponential"] > 1e-4, "the tolerance of exponential Euler is not needed"
    print(f"attractor and solve_ivp agree: {worst}")


main(sys.argv[1], sys.argv[2], "wrong" in sys.argv[3:])
