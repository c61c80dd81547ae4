"""Stone Soup's particle predictor: constant velocity, six states, 100,000 particles; prints figures as JSON.

It predicts and does no more: no manoeuvres, limits, wind or ground, and nothing of the path is stored.
"""

import datetime
import json
import time
from statistics import median

import numpy as np
import stonesoup
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.particle import ParticlePredictor
from stonesoup.types.state import ParticleState, StateVectors

COUNT, STEPS, RUNS = 100_000, 5, 5


def main() -> None:
    """Measure and print."""
    start = datetime.datetime(2024, 12, 8, tzinfo=datetime.UTC)
    predictor = ParticlePredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(1.0)] * 3))
    rates = []
    for _ in range(RUNS):
        state = ParticleState(StateVectors(np.zeros((6, COUNT))), weight=np.full(COUNT, 1.0 / COUNT), timestamp=start)
        begin = time.perf_counter()
        for k in range(STEPS):
            state = predictor.predict(state, timestamp=start + datetime.timedelta(seconds=k + 1))
        rates.append(COUNT * STEPS / (time.perf_counter() - begin) / 1e6)
    print(json.dumps({"version": stonesoup.__version__, "median": median(rates), "runs": RUNS}))


if __name__ == "__main__":
    main()
