"""The question put to the sampler: a flight's setting, a story, the claims, and the densities that lead to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trackkit import claims, motion, sampler
from trackkit.model import Case, Groups, Hypothesis

Fields = TypeVar("Fields", motion.Scene, motion.Story)

__all__ = ["Problem", "Target", "problem_of", "target_of"]

#: log density of a path that does not do what its story asserts
_BROKEN = -60.0
#: log factor that keeps falsehood out until the release
_NO_DOUBT = -1000.0
#: paths that are simulated and asked at a time, so that they stay at hand and memory small
_CHUNK = 256


@dataclass(frozen=True)
class Problem:
    """Everything a run needs: the flight's setting, the story, and the claims put as questions."""

    scene: motion.Scene
    story: motion.Story
    envelope: motion.Envelope
    hypothesis: Hypothesis
    asserted: tuple[claims.Asked, ...]
    asked: tuple[claims.Asked, ...]
    groups: Groups

    def layout(self) -> sampler.Layout:
        """Which numbers of a path belong together, and how they are best changed."""
        own = motion.proposals(self.scene, self.story)
        return sampler.Layout(motion.DIMENSION, motion.BLOCKS, motion.SIZES, motion.CHOICES, own)


def problem_of(case: Case, hypothesis: Hypothesis, weighed: pd.DataFrame, groups: Groups) -> Problem:
    """A hypothesis of a case, and these claims weighed in these groups, as a problem."""
    asserted = hypothesis.asserts[claims.testable(hypothesis.asserts)]
    return Problem(
        motion.scene(case),
        motion.story(case, hypothesis),
        motion.envelope(case.aircraft),
        hypothesis,
        claims.ask(case, asserted),
        claims.ask(case, weighed),
        groups,
    )


@dataclass(frozen=True)
class Target:
    """The densities that the sampler moves through: the first term is the story's, the others are the claims'."""

    problem: Problem
    asserted: tuple[claims.Sheet, ...]
    asked: tuple[claims.Sheet, ...]

    def terms(self, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log density of the story, then the log-likelihood of each claim."""
        chunks = [self._terms(noise[start : start + _CHUNK]) for start in range(0, len(noise), _CHUNK)]
        return np.concatenate(chunks)

    def _terms(self, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        problem = self.problem
        flown = motion.simulate(noise, problem.scene, problem.story, problem.envelope)
        likelihood, _ = claims.evaluate(flown, problem.scene, problem.asked, self.asked)
        _, fit = claims.evaluate(flown, problem.scene, problem.asserted, self.asserted)
        return np.column_stack([_told(flown, fit, problem), likelihood])

    def density(self, terms: NDArray[np.float64], stage: str, beta: float) -> NDArray[np.float64]:
        """Through the story; then, the story held, through the claims with every origin right; then let doubt in."""
        if stage == "story":
            return beta * terms[:, 0]
        if stage == "evidence" and beta == 0.0:
            return terms[:, 0]
        heat, doubt = (beta, _NO_DOUBT) if stage == "evidence" else (1.0, (1.0 - beta) * _NO_DOUBT)
        total, _, _ = claims.weigh(terms[:, 1:], self.problem.asked, self.problem.groups, beta=heat, doubt=doubt)
        return terms[:, 0] + total


def target_of(problem: Problem) -> Target:
    """A target with arrays of its own: threads that share them slow each other down."""
    problem = replace(problem, scene=_copied(problem.scene), story=_copied(problem.story))
    return Target(problem, claims.sheets(problem.asserted), claims.sheets(problem.asked))


def _told(flown: motion.Flown, fit: NDArray[np.float64], problem: Problem) -> NDArray[np.float64]:
    """Log density of the story: the ending it names, and how well the path fits what it asserts."""
    allowed = [motion.ENDINGS.index(end) for end in problem.hypothesis.ends]
    story = np.where(np.isin(flown.ending, allowed), 0.0, _BROKEN)
    return np.asarray(story + np.log(np.maximum(fit, np.exp(_BROKEN))).sum(axis=1), float)


def _copied(fields: Fields) -> Fields:
    """A named tuple with its arrays copied."""
    parts: list[Any] = [part.copy() if isinstance(part, np.ndarray) else part for part in fields]
    return type(fields)(*parts)
