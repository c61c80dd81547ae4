"""The nouns: frozen values that hold what was read or made, and print themselves.

Nothing here computes. Tables are plain pandas DataFrames whose columns are declared in `trackkit.columns`; paths are
an xarray Dataset. Treat every field as read-only: verbs make new values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from trackkit.air import Wind
from trackkit.errors import InputError

__all__ = [
    "Aircraft", "Case", "Ensemble", "Extent", "Flight", "Groups", "Hypothesis", "Limit", "Origin", "Place", "Reading",
    "Route", "Runway", "Track", "TrustRule",
]  # fmt: skip


@dataclass(frozen=True)
class Runway:
    """One direction of a runway: its threshold, true heading (degrees) and length (m)."""

    ident: str
    latitude: float
    longitude: float
    heading_deg: float
    length_m: float


@dataclass(frozen=True)
class Place:
    """A named point with a size of its own: a city, an airport, a beacon.

    `radius_m` is the radius of the place itself, by which vague words such as "near" are scaled; `elevation_m` is
    above mean sea level, None where not given. An area may have an `outline`: rings of (latitude, longitude), without
    holes; its point and radius are then those of the circle of the same middle and area.
    """

    id: str
    kind: str
    latitude: float
    longitude: float
    radius_m: float
    source: str
    elevation_m: float | None = None
    also: tuple[str, ...] = ()
    runways: tuple[Runway, ...] = ()
    outline: tuple[tuple[tuple[float, float], ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Origin:
    """Where claims first came from. `via` names the origin that this one itself leans on."""

    id: str
    name: str
    kind: str
    via: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Extent:
    """A box in degrees: of the figures, and of what a meaningless claim could have named."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Route:
    """A way the crew may have meant to fly: through named places to an airport, or, without `to`, freely."""

    name: str
    weight: float
    via: tuple[str, ...]
    to: str | None
    source: str


@dataclass(frozen=True)
class Flight:
    """The beginning that all hypotheses of a case share: where and when it left, how high, by which routes."""

    origin: str
    earliest: pd.Timestamp
    latest: pd.Timestamp
    level_low_m: float
    level_high_m: float
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class TrustRule:
    """How far a hypothesis trusts an origin: the probability that what comes from it is right.

    `origin` ``"*"`` means each origin by itself; `start` is the time from which the rule holds (None: always);
    `quantity` the kind of quantity that it is about (``"*"``: all; see `trackkit.claims.QUANTITIES`).
    Claims that fall under one rule and one origin are right or wrong together.
    """

    origin: str
    trust: float
    start: pd.Timestamp | None = None
    quantity: str = "*"


@dataclass(frozen=True)
class Hypothesis:
    """A sentence about what happened, the story its paths follow, and how far it trusts each origin.

    Attributes
    ----------
    id, says : str
        Short name and sentence.
    prior : float
        Probability before the evidence; those of a case sum to one.
    leaves_after_s, leaves_mean_s : float or None
        The path leaves the shared route no earlier than `leaves_after_s` after take-off, then after an exponential
        time of mean `leaves_mean_s`; None: it stays on it.
    ends : tuple of str
        Any of ``landed``, ``crashed``, ``flying``.
    at : tuple of str
        Places where it may land.
    aboard : float or None
        Probability that the person was aboard, or None where the hypothesis does not say.
    asserts : DataFrame
        Claims taken as given (columns as `Case.claims`).
    trust : tuple of TrustRule
        The last rule that matches a claim holds.
    assumptions : tuple of str
        What it assumes, in words.
    """

    id: str
    says: str
    prior: float
    ends: tuple[str, ...]
    at: tuple[str, ...]
    trust: tuple[TrustRule, ...]
    asserts: pd.DataFrame = field(repr=False)
    leaves_after_s: float | None = None
    leaves_mean_s: float | None = None
    aboard: float | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """One figure of an aircraft's envelope, by height where it varies: SI values, source and grade.

    `grade` is one of ``official, measured, secondary, assumed``.
    """

    values: tuple[float, ...]
    heights_m: tuple[float, ...]
    source: str
    grade: str

    @property
    def value(self) -> float:
        """The figure, where it does not vary with height."""
        return self.values[0]


@dataclass(frozen=True)
class Aircraft:
    """A type of aircraft and the limits of its envelope (SI), each with its source."""

    name: str
    icao_type: str
    limits: Mapping[str, Limit] = field(repr=False)

    def __getitem__(self, name: str) -> Limit:
        return self.limits[name]


@dataclass(frozen=True)
class Case:
    """Everything an analyst put into a case folder.

    Attributes
    ----------
    reports, claims : DataFrame
        One row a report, one row a claim; columns in `trackkit.columns.REPORTS` and `CLAIMS`.
    places, origins : mapping of id to Place and Origin
    hypotheses : tuple of Hypothesis
    wording : mapping
        The case's own distributions for vague words, over the defaults of `trackkit.wording`.
    zones : mapping
        Zone words used in the reports and the IANA zone each stands for.
    registry : mapping
        File name to sha256, as verified.
    wind : Wind, optional
        The wind that paths fly in; without, a broad one without direction (`motion.Habits`).
    """

    name: str
    question: str
    window: tuple[pd.Timestamp, pd.Timestamp]
    extent: Extent
    flight: Flight
    aircraft: Aircraft
    reports: pd.DataFrame = field(repr=False)
    claims: pd.DataFrame = field(repr=False)
    places: Mapping[str, Place] = field(repr=False)
    origins: Mapping[str, Origin] = field(repr=False)
    hypotheses: tuple[Hypothesis, ...] = field(repr=False)
    tracks: Mapping[str, Track] = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    wording: Mapping[str, Mapping[str, float | str]] = field(repr=False)
    zones: Mapping[str, str] = field(repr=False)
    registry: Mapping[str, str] = field(repr=False)
    folder: Path
    person: str = ""
    wind: Wind | None = None

    def as_of(self, time: pd.Timestamp | str) -> Case:
        """The case as it could be known at a time: reports published at or before it, and their claims.

        Of copies whose first claim is not yet published, the first one that is takes its place.

        Raises
        ------
        InputError
            If the time has no zone.
        """
        moment = pd.Timestamp(time)
        if moment.tzinfo is None:
            raise InputError("a time without zone", str(time), "2024-12-08T12:00:00Z")
        reports = self.reports[self.reports["published"] <= moment]
        kept = self.claims["report"].isin(reports.index)
        return replace(self, reports=reports, claims=_copies_within(self.claims, kept))

    def claims_of(self, report: str) -> tuple[str, ...]:
        """The ids of a report's claims, in its order.

        Raises
        ------
        InputError
            If there is no such report.
        """
        if report not in self.reports.index:
            raise InputError("unknown report", report, self.reports.index)
        return tuple(self.claims.index[self.claims["report"] == report])

    def hypothesis(self, name: str) -> Hypothesis:
        """The hypothesis of this id.

        Raises
        ------
        InputError
            If there is no such hypothesis.
        """
        found = {one.id: one for one in self.hypotheses}
        if name not in found:
            raise InputError("unknown hypothesis", name, found)
        return found[name]


@dataclass(frozen=True)
class Reading:
    """What became of every row of the files that a track was read from: none is dropped without a word.

    Attributes
    ----------
    dialect : str
        The format that was recognised.
    rows_read, rows_kept : int
        Rows of the files, and those that became fixes.
    set_aside : DataFrame
        The others, with their reasons; columns in `trackkit.columns.SET_ASIDE`.
    sha256 : mapping of file name to hash
    notes : tuple of str
        What the format leaves open and how it was taken, in sentences.
    """

    dialect: str
    rows_read: int
    rows_kept: int
    set_aside: pd.DataFrame = field(repr=False)
    sha256: Mapping[str, str] = field(repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def rows_set_aside(self) -> int:
        """The number of rows that are not fixes."""
        return len(self.set_aside)


@dataclass(frozen=True)
class Track:
    """The time-ordered fixes of one aircraft from one origin.

    Attributes
    ----------
    name, origin : str
        The callsign, registration or address it goes by, and who made it.
    fixes : GeoDataFrame
        Indexed by ``time`` (UTC, ascending), points in EPSG:4326; columns in `trackkit.columns.FIXES`.
    reading : Reading
        What became of every row of its files.
    """

    name: str
    origin: str
    fixes: gpd.GeoDataFrame = field(repr=False)
    reading: Reading


@dataclass(frozen=True)
class Groups:
    """Claims that are right or wrong together.

    Attributes
    ----------
    of_claim : array of int, shape (claims,)
        The group of each claim.
    trust : array, shape (groups,)
        The probability that each group's origin is right.
    names : tuple of str
    log_false : array, shape (groups,)
        The log density of each group if its origin is false: for separate claims the product of their backgrounds,
        for claims read off one signal that of a track which is not the aircraft's.
    log_false_part : array, shape (claims,)
        What each claim has in its group's `log_false`: take it off when the claim is left out.
    log_false_sd : array, shape (groups,)
        Standard error of `log_false`; zero where it is exact.
    """

    of_claim: NDArray[np.int64]
    trust: NDArray[np.float64]
    names: tuple[str, ...]
    log_false: NDArray[np.float64]
    log_false_part: NDArray[np.float64]
    log_false_sd: NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """n weighted paths drawn under one hypothesis, remakeable from (case, hypothesis, given, n, seed).

    Attributes
    ----------
    hypothesis : Hypothesis
    given : tuple of str
        The claims that were weighed (their ids).
    paths : xarray.Dataset
        Dims ``(path, time)``; latitude, longitude (degrees), altitude_m (above mean sea level), groundspeed_mps,
        track_deg (true), vertical_rate_mps, phase (see `trackkit.motion.PHASES`); by path: take_off (time),
        ending (see `trackkit.motion.ENDINGS`), qnh_pa, route.
    log_weight : DataArray
        Normalised over paths.
    explained : DataArray
        Dims ``(path, claim)``: the probability that a claim is right and not slipped or false, given the path.
    log_likelihood, satisfied : DataArray
        Dims ``(path, claim)`` over all testable claims of the case, weighed or not: each claim's own log density,
        and whether the path lies in the 95 % region of what the claim says.
    log_background : DataArray
        Dim ``claim``: the log density of each claim if it means nothing.
    groups : Groups
        The claims given, by whose trust they hang on.
    log_evidence, log_evidence_sd : float
        log p(claims | hypothesis), averaged over independent runs, and its standard error from their spread.
    runs : int
        The number of those runs; each holds n / runs paths.
    diagnostics : DataFrame
        One row a stage and run: the health record.
    """

    hypothesis: Hypothesis
    given: tuple[str, ...]
    paths: xr.Dataset = field(repr=False)
    log_weight: xr.DataArray = field(repr=False)
    explained: xr.DataArray = field(repr=False)
    log_likelihood: xr.DataArray = field(repr=False)
    satisfied: xr.DataArray = field(repr=False)
    log_background: xr.DataArray = field(repr=False)
    groups: Groups = field(repr=False)
    log_evidence: float
    log_evidence_sd: float
    diagnostics: pd.DataFrame = field(repr=False)
    n: int
    seed: int
    runs: int


def _copies_within(claims: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """The claims kept, where copies of a claim that is not kept are copies of the first of them that is."""
    firsts: dict[str, str] = {}
    copy_of = []
    for name in claims.index[kept]:
        root = name
        while claims.at[root, "copy_of"]:
            root = claims.at[root, "copy_of"]
        first = firsts.setdefault(root, root if kept[root] else name)
        copy_of.append("" if first == name else first)
    return claims[kept].assign(copy_of=pd.Series(copy_of, index=claims.index[kept], dtype="str"))
