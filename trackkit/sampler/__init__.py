"""Annealed sequential Monte Carlo over vectors of standard normal numbers, and the moves that it is made of."""

from trackkit.sampler.annealing import Population, Settings, Target, anneal, effective, prior, record, rng_of
from trackkit.sampler.moves import MOVES, Layout

__all__ = ["MOVES", "Layout", "Population", "Settings", "Target", "anneal", "effective", "prior", "record", "rng_of"]
