"""The columns of every table, declared once: name, type, unit, meaning."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from trackkit.errors import InputError

__all__ = [
    "CLAIMS", "DIAGNOSTICS", "EVENTS", "FINDINGS", "FIXES", "RATIOS", "REPORTS", "SEGMENTS", "SET_ASIDE", "SUPPORT",
    "VERDICT", "WITHOUT", "Column", "conform", "empty",
]  # fmt: skip


class Column(NamedTuple):
    """One column: its name, pandas type (``text, time, float, int, bool, list``), unit and meaning."""

    name: str
    type: str
    unit: str
    meaning: str


def _table(*rows: tuple[str, str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


REPORTS = _table(
    ("id", "text", "", "short name, the file's stem"),
    ("publisher", "text", "", "who published it"),
    ("title", "text", "", "its title, or our description in brackets"),
    ("published", "time", "UTC", "when it was published; the start of the day where only the day is known"),
    ("published_to", "text", "", "how exactly that is known: day or minute"),
    ("url", "text", "", "its address, empty where not known"),
    ("language", "text", "", "language code"),
    ("seen", "text", "", "how we saw it: original, copy or excerpt"),
    ("seen_in", "text", "", "where we saw it"),
    ("via", "list", "", "the origins it leans on"),
    ("reliability", "text", "A-F", "Admiralty letter of the source"),
    ("note", "text", "", "caution, in our words"),
)

CLAIMS = _table(
    ("id", "text", "", "short name, unique in the case"),
    ("report", "text", "", "the report that makes it"),
    ("says", "text", "", "its kind"),
    ("quote", "text", "", "the words of the report that it rests on, 15 at most"),
    ("words", "text", "", "the claim in our own sentence"),
    ("subject", "text", "", "aircraft, person or other"),
    ("origin", "text", "", "where it first came from"),
    ("credibility", "text", "1-6", "Admiralty digit of the information"),
    ("copy_of", "text", "", "the claim that told this number before; copies count once"),
    ("denied", "bool", "", "the report says that it was not so"),
    ("assumed", "list", "", "what we had to assume: zone, datum, time"),
    ("paraphrase", "bool", "", "seen only in paraphrase, so without quotation"),
    ("note", "text", "", "caution, in our words"),
    ("as_reported", "text", "", "the values as the report gives them"),
    ("time", "time", "UTC", "when, or not given"),
    ("time_rounding_s", "float", "s", "the step in which the time was told"),
    ("time_hedge", "text", "", "about, shortly before …"),
    ("place", "text", "", "the place it names"),
    ("relation", "text", "", "at, near, over, of (a distance or direction from it), point"),
    ("latitude", "float", "deg", "of the place"),
    ("longitude", "float", "deg", "of the place"),
    ("place_radius_m", "float", "m", "the place's own radius"),
    ("distance_m", "float", "m", "from the place"),
    ("distance_rounding_m", "float", "m", "the step in which the distance was told"),
    ("bearing_deg", "float", "deg", "from the place, true"),
    ("bearing_half_deg", "float", "deg", "half the sector that the bearing's word covers"),
    ("altitude_m", "float", "m", "height"),
    ("altitude_rounding_m", "float", "m", "the step in which the height was told"),
    ("from_altitude_m", "float", "m", "height before a descent"),
    ("from_rounding_m", "float", "m", "the step in which that height was told"),
    ("datum", "text", "", "what heights are above: pressure, sea level, ground"),
    ("at_most", "bool", "", "the height is called the highest of the flight"),
    ("speed_mps", "float", "m/s", "ground speed"),
    ("speed_rounding_mps", "float", "m/s", "the step in which the speed was told"),
    ("rate_mps", "float", "m/s", "vertical rate, a descent positive"),
    ("heading_deg", "float", "deg", "direction flown, true"),
    ("heading_half_deg", "float", "deg", "half the sector that the direction's word covers"),
    ("length_m", "float", "m", "how far in that direction"),
    ("toward", "text", "", "the place flown toward"),
    ("toward_latitude", "float", "deg", "of that place"),
    ("toward_longitude", "float", "deg", "of that place"),
    ("toward_radius_m", "float", "m", "that place's own radius"),
    ("angle_deg", "float", "deg", "size of a turn"),
    ("angle_word", "text", "", "its word, such as U-turn"),
    ("side", "text", "", "left or right"),
    ("how", "text", "", "its manner: quickly, abruptly …"),
    ("within", "text", "", "the time it took, as a word or a quantity"),
    ("within_s", "float", "s", "the time it took, where a quantity"),
    ("lasting", "text", "", "the time it went on, as a word or a quantity"),
    ("lasting_s", "float", "s", "the time it went on, where a quantity"),
    ("phase", "text", "", "first or last minutes of the flight"),
    ("before", "text", "", "in the minutes before the closest approach to this place"),
    ("after", "text", "", "in the minutes after the closest approach to this place"),
    ("anchor_latitude", "float", "deg", "of the place of before or after"),
    ("anchor_longitude", "float", "deg", "of the place of before or after"),
    ("person", "text", "", "whom it is about"),
    ("about", "text", "", "what context it gives"),
)

EVENTS = _table(
    ("time", "time", "UTC", "when"),
    ("text", "text", "", "what, in our words"),
    ("source", "text", "", "from where we have it"),
)

FINDINGS = _table(
    ("test", "text", "", "the test that fired"),
    ("claim", "text", "", "the claim it is about"),
    ("other", "text", "", "the claim it disagrees or agrees with, if any"),
    ("finding", "text", "", "what was found, in a sentence"),
    ("value", "float", "", "the figure found"),
    ("limit", "float", "", "the figure it was held against"),
    ("unit", "text", "", "unit of both"),
)

FIXES = _table(
    ("altitude_baro_m", "float", "m", "pressure altitude (1013.25 hPa)"),
    ("altitude_geom_m", "float", "m", "height above the WGS84 ellipsoid"),
    ("altitude_msl_m", "float", "m", "height above mean sea level (EGM96), only where the format says so"),
    ("groundspeed_mps", "float", "m/s", "ground speed"),
    ("track_deg", "float", "deg", "track over ground, true"),
    ("vertical_rate_mps", "float", "m/s", "vertical rate, a climb positive"),
    ("rate_kind", "text", "", "what the vertical rate is of: baro, geometric, or not said"),
    ("on_ground", "bool", "", "said to be on the ground: a state, not a height"),
    ("source", "text", "", "adsb, mlat, tisb, adsc, uat, flarm, radar, estimated, or not said"),
    ("nic", "float", "", "navigation integrity category"),
    ("nac_p", "float", "", "navigation accuracy category, position"),
    ("sil", "float", "", "source integrity level"),
    ("position_age_s", "float", "s", "how old the position was when it was told"),
    ("adsb_version", "float", "", "version of the transponder's ADS-B; 0 sends no accuracy category"),
    ("heading_deg", "float", "deg", "where the nose points, true"),
    ("roll_deg", "float", "deg", "bank, negative to the left"),
    ("callsign", "text", "", "as sent at that time"),
    ("squawk", "text", "", "transponder code, four octal digits"),
    ("gap_before", "bool", "", "the source says that a hole or a new leg lies before this fix"),
    ("file", "text", "", "the file it stands in"),
    ("row", "int", "", "row in that file, counted from 1"),
)

SET_ASIDE = _table(
    ("file", "text", "", "the file"),
    ("row", "int", "", "row in the file, counted from 1"),
    ("reason", "text", "", "why it is not a fix"),
    ("given", "text", "", "what stands there, its beginning"),
)

SEGMENTS = _table(
    ("start", "time", "UTC", "its first fix"),
    ("end", "time", "UTC", "its last fix"),
    ("fixes", "int", "", "fixes in it"),
    ("state", "text", "", "clean, degraded, suspect, inconsistent or not testable"),
    ("tests", "list", "", "the tests that fired"),
    ("reason", "text", "", "what fired, in a sentence with the figures"),
)

VERDICT = _table(
    ("hypothesis", "text", "", "short name"),
    ("says", "text", "", "its sentence"),
    ("prior", "float", "", "probability before the evidence"),
    ("log_evidence", "float", "nat", "log p(claims | hypothesis)"),
    ("log_evidence_sd", "float", "nat", "its standard error, from the spread of independent runs"),
    ("runs", "int", "", "the number of those runs"),
    ("effective_paths", "float", "", "effective sample size"),
    ("paths", "int", "", "paths drawn"),
    ("posterior", "float", "", "probability after the evidence, among the hypotheses named"),
    ("posterior_low", "float", "", "5 % point of the posterior over the spread of the evidence"),
    ("posterior_high", "float", "", "95 % point"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

SUPPORT = _table(
    ("claim", "text", "", "the claim"),
    ("report", "text", "", "its report"),
    ("origin", "text", "", "where it first came from"),
    ("hypothesis", "text", "", "the hypothesis"),
    ("subject", "text", "", "aircraft, person or other"),
    ("support", "float", "", "share of the ensemble's weight whose paths satisfy the claim, itself left out"),
    ("support_sd", "float", "", "standard error of that share, from the effective paths"),
    ("effective_paths", "float", "", "effective sample size with the claim left out"),
    ("explained", "float", "", "probability that the claim is right, given the hypothesis and all claims"),
    ("state", "text", "", "consistent, in tension, needs …, not testable"),
    ("reason", "text", "", "the state in a sentence"),
)

WITHOUT = _table(
    ("left_out_kind", "text", "", "origin, report or claim"),
    ("left_out", "text", "", "which one"),
    ("claims", "int", "", "claims left out with it"),
    ("hypothesis", "text", "", "short name"),
    ("log_evidence", "float", "nat", "log evidence of the claims left in"),
    ("change", "float", "nat", "its difference from that of all claims"),
    ("posterior", "float", "", "probability after the claims left in, among the hypotheses named"),
    ("effective_paths", "float", "", "effective sample size with these left out"),
    ("flips", "bool", "", "another hypothesis comes first without them"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

RATIOS = _table(
    ("first", "text", "", "the hypothesis that explains the claims better"),
    ("second", "text", "", "the other"),
    ("log_ratio", "float", "nat", "difference of their log evidences"),
    ("log_ratio_sd", "float", "nat", "its standard error"),
    ("ratio", "text", "", "the likelihood ratio, capped"),
    ("word", "text", "", "its word on the ENFSI scale"),
    ("sentence", "text", "", "both propositions and the ratio"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

DIAGNOSTICS = _table(
    ("run", "int", "", "independent run"),
    ("stage", "text", "", "story, evidence or release"),
    ("step", "int", "", "step of the ladder"),
    ("beta", "float", "", "inverse temperature reached"),
    ("paths", "int", "", "paths before resampling"),
    ("effective_paths", "float", "", "effective sample size before resampling"),
    ("sweeps", "int", "", "sweeps of moves made at this temperature"),
    ("acceptance", "float", "", "mean share of moves accepted"),
    ("moved", "float", "", "share of paths that moved at this temperature"),
    ("forgotten", "float", "", "how far log densities left those at its start (1: as unlike as those of two paths)"),
    ("ancestors", "int", "", "distinct ancestors of the population from the start of the stage"),
    ("log_normaliser", "float", "nat", "log normaliser so far in the stage"),
)

_DTYPES: dict[str, Any] = {
    "text": "str",
    "time": "datetime64[us, UTC]",
    "float": "float64",
    "int": "int64",
    "bool": "bool",
    "list": "object",
}
_MISSING: dict[str, Any] = {"text": "", "time": pd.NaT, "float": float("nan"), "int": -1, "bool": False, "list": ()}


def conform(table: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """The table with exactly these columns, in order and type; absent ones filled with their empty value.

    Raises
    ------
    InputError
        If the table has a column that is not declared.
    """
    names = {column.name for column in columns}
    for name in table.columns:
        if name not in names:
            raise InputError("a column that is not declared", name, names)
    return pd.DataFrame({column.name: _typed(table, column) for column in columns}, index=table.index)


def empty(columns: tuple[Column, ...]) -> pd.DataFrame:
    """A table of these columns without rows."""
    return conform(pd.DataFrame(index=pd.RangeIndex(0)), columns)


def _typed(table: pd.DataFrame, column: Column) -> pd.Series:
    missing = _MISSING[column.type]
    if column.name not in table:
        return pd.Series([missing] * len(table), index=table.index, dtype=_DTYPES[column.type])
    values = table[column.name]
    if column.type in ("text", "bool", "list", "int"):
        values = values.map(lambda value: missing if value is None or value is pd.NA or value != value else value)
    return values.astype(_DTYPES[column.type])
