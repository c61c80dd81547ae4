"""The columns of every table, declared once: name, type, unit, meaning."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from trackkit.errors import InputError

__all__ = [
    "AGREEMENT", "ATTRACTORS", "CLAIMS", "COMPETING", "CONFLICTS", "DATED", "DIAGNOSTICS", "EVENTS", "FINDINGS",
    "FIXES", "HEARING", "LAST_PLACES", "NUMBERS", "OBSERVATIONS", "ORIGINS", "PASSENGER", "PROFILES", "RATIOS",
    "RECEIVERS", "REPORTS", "REQUIRES", "SEGMENTS", "SET_ASIDE", "SMOOTHED", "SUPPORT", "SWEEP", "TOLD", "VERDICT",
    "WITHOUT", "WORDS_USED", "Column", "conform", "empty",
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
    ("credited", "text", "", "the origin that the report names, where it names another than the true one"),
    ("credibility", "text", "1-6", "Admiralty digit of the information"),
    ("admiralty", "text", "", "Admiralty pair: the report's letter and the claim's digit; no part of any trust"),
    ("copy_of", "text", "", "the claim that told this number before; copies count once"),
    ("denied", "bool", "", "the report says that it was not so"),
    ("assumed", "list", "", "what we had to assume: zone, datum, time"),
    ("paraphrase", "bool", "", "seen only in paraphrase, so without quotation"),
    ("note", "text", "", "caution, in our words"),
    ("as_reported", "text", "", "the values as the report gives them"),
    ("time", "time", "UTC", "when, or not given"),
    ("time_rounding_s", "float", "s", "the step in which the time was told"),
    ("time_hedge", "text", "", "about, shortly before …"),
    ("until", "time", "UTC", "the end of the span of time in which it was, where one is told"),
    ("place", "text", "", "the place it names"),
    ("relation", "text", "", "at, near, over, inside, of (a distance or direction from it), point"),
    ("latitude", "float", "deg", "of the place"),
    ("longitude", "float", "deg", "of the place"),
    ("place_radius_m", "float", "m", "the place's own radius"),
    ("distance_m", "float", "m", "from the place"),
    ("distance_rounding_m", "float", "m", "the step in which the distance was told"),
    ("bearing_deg", "float", "deg", "from the place, true"),
    ("bearing_half_deg", "float", "deg", "half the sector that the bearing's word covers"),
    ("bearing_word", "text", "", "that word, such as north-west"),
    ("distance_hedge", "text", "", "about, just over …"),
    ("altitude_m", "float", "m", "height"),
    ("altitude_rounding_m", "float", "m", "the step in which the height was told"),
    ("altitude_hedge", "text", "", "about, just over …"),
    ("from_altitude_m", "float", "m", "height before a descent"),
    ("from_rounding_m", "float", "m", "the step in which that height was told"),
    ("from_hedge", "text", "", "about, just over …"),
    ("datum", "text", "", "what heights are above: pressure, sea level, ground"),
    ("at_most", "bool", "", "the height is called the highest of the flight"),
    ("speed_mps", "float", "m/s", "ground speed"),
    ("speed_rounding_mps", "float", "m/s", "the step in which the speed was told"),
    ("speed_hedge", "text", "", "about, under …"),
    ("rounder", "text", "", "a rounder number in another unit that a figure may have been turned from"),
    ("rate_mps", "float", "m/s", "vertical rate in the sense of the claim, a descent or a climb positive"),
    ("heading_deg", "float", "deg", "direction flown, true"),
    ("heading_half_deg", "float", "deg", "half the sector that the direction's word covers"),
    ("heading_word", "text", "", "that word, such as north-west"),
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

NUMBERS = _table(
    ("number", "text", "", "the claim that told it first, and the part of the claim"),
    ("printed", "text", "", "as it was told first"),
    ("quantity", "text", "", "what it is of"),
    ("origin", "text", "", "where it first came from"),
    ("value", "float", "SI", "its value; a time in seconds since 1970"),
    ("forms", "list", "", "the ways in which it was printed"),
    ("reports", "int", "", "reports that print it"),
    ("tellings", "int", "", "claims that tell it"),
    ("told_by", "list", "", "these reports"),
    ("wrong", "list", "", "where a copy went wrong"),
)

WORDS_USED = _table(
    ("word", "text", "", "the vague word"),
    ("of", "text", "", "what it measures, with its unit"),
    ("low", "float", "", "5 % point"),
    ("median", "float", "", "50 % point"),
    ("high", "float", "", "95 % point"),
    ("taken_as", "text", "", "the 90 % range in plain units, by place or type where it scales with them"),
    ("claims", "int", "", "claims that rest on it"),
    ("ids", "list", "", "these claims"),
    ("reference", "text", "", "where the figures come from"),
    ("caution", "text", "", "how far they can be leaned on"),
    ("own", "bool", "", "the analyst's own figures, not the table's"),
    ("version", "text", "", "version of the table"),
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

TOLD = _table(
    ("test", "text", "", "ground speed, height and ground, or implied speed"),
    ("claim", "text", "", "the claim that tells the figure"),
    ("other", "text", "", "the claim that tells where, or the position before, if another"),
    ("as_reported", "text", "", "the claim's values as its report gives them"),
    ("value", "float", "", "the figure tested"),
    ("low", "float", "", "the least that the test lets pass, not given where there is none"),
    ("high", "float", "", "the most that the test lets pass, not given where there is none"),
    ("unit", "text", "", "unit of all three"),
    ("state", "text", "", "clean, suspect or inconsistent"),
    ("reason", "text", "", "what it was held against, in words"),
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

ATTRACTORS = _table(
    ("name", "text", "", "the place, with its ICAO designator"),
    ("latitude", "float", "deg", "of the airport"),
    ("longitude", "float", "deg", "of the airport"),
    ("elevation_m", "float", "m", "of the airport, above mean sea level"),
    ("radius_m", "float", "m", "how near to it counts"),
    ("first", "time", "UTC", "first reported; by the day, or the month it lies in"),
    ("last", "time", "UTC", "last reported, or far off where no end was"),
    ("what", "text", "", "what was seen there"),
    ("source", "text", "", "who says so"),
)

SEGMENTS = _table(
    ("start", "time", "UTC", "its first fix"),
    ("end", "time", "UTC", "its last fix"),
    ("fixes", "int", "", "fixes in it"),
    ("state", "text", "", "clean, degraded, suspect, inconsistent or not testable"),
    ("tests", "list", "", "the tests that fired"),
    ("reason", "text", "", "what fired, in a sentence with the figures"),
)

SMOOTHED = _table(
    ("latitude", "float", "deg", "as told"),
    ("longitude", "float", "deg", "as told"),
    ("height_m", "float", "m", "as told: pressure altitude where there is one"),
    ("smooth_latitude", "float", "deg", "smoothed; not given where nothing new was told"),
    ("smooth_longitude", "float", "deg", "smoothed"),
    ("smooth_height_m", "float", "m", "smoothed"),
    ("smooth_groundspeed_mps", "float", "m/s", "ground speed"),
    ("smooth_track_deg", "float", "deg", "track over ground, true"),
    ("smooth_rate_mps", "float", "m/s", "vertical rate, a climb positive"),
    ("sd_along_m", "float", "m", "standard deviation of the smoothed position along the track"),
    ("sd_across_m", "float", "m", "the same across it"),
    ("sd_height_m", "float", "m", "standard deviation of the smoothed height"),
    ("error_along_m", "float", "m", "standard error of the position as told, along the track"),
    ("error_across_m", "float", "m", "the same across it"),
    ("moved_along_m", "float", "m", "smoothed less told, along the track"),
    ("moved_across_m", "float", "m", "the same to its right"),
    ("moved_height_m", "float", "m", "smoothed less told height"),
    ("set_aside", "bool", "", "too far off to belong to the others: smoothed without it"),
    ("part", "int", "", "the part between holes and jumps that it lies in"),
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
    ("log_ratio", "float", "nat", "log of how many times as probable it is on these paths as one made up at random"),
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

SWEEP = _table(
    ("kind", "text", "", "word, trust or prior; none: the case as it stands"),
    ("name", "text", "", "which one"),
    ("setting", "text", "", "how it is set"),
    ("meant", "text", "", "what it then means"),
    ("claims", "int", "", "weighed claims that it touches"),
    ("hypothesis", "text", "", "short name"),
    ("log_evidence", "float", "nat", "log evidence under this setting"),
    ("log_evidence_sd", "float", "nat", "its standard error, from the spread of independent runs"),
    ("change", "float", "nat", "its difference from that of the case as it stands"),
    ("posterior", "float", "", "probability after the evidence, among the hypotheses named"),
    ("effective_paths", "float", "", "effective sample size under this setting"),
    ("method", "text", "", "as drawn, re-weighted, or drawn anew with so many paths"),
    ("flips", "bool", "", "another hypothesis comes first under it"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

DATED = _table(
    ("as_of", "time", "UTC", "what was published by then is weighed"),
    ("reports", "int", "", "reports published by then"),
    ("claims", "int", "", "claims weighed"),
    ("hypothesis", "text", "", "short name"),
    ("log_evidence", "float", "nat", "log evidence of those claims"),
    ("log_evidence_sd", "float", "nat", "its standard error, from the spread of independent runs"),
    ("posterior", "float", "", "probability after those claims, among the hypotheses named"),
    ("posterior_low", "float", "", "5 % point of the posterior over the spread of the evidence"),
    ("posterior_high", "float", "", "95 % point"),
    ("effective_paths", "float", "", "effective sample size"),
    ("method", "text", "", "how it was had"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

ORIGINS = _table(
    ("origin", "text", "", "the origin that a chain of copies ends in"),
    ("name", "text", "", "its name"),
    ("claims", "int", "", "weighed claims that come from it"),
    ("first", "text", "", "the hypothesis that comes first with all claims"),
    ("second", "text", "", "the one after it"),
    ("log_odds", "float", "nat", "log odds of the first over the second without the origin"),
    ("change", "float", "nat", "its difference from that with all claims; negative: the origin speaks for the first"),
    ("change_sd", "float", "nat", "its standard error, from independent runs"),
    ("share", "float", "", "share of the sum of all such changes, by size"),
    ("effective_paths", "float", "", "effective sample size of the weaker of both without the origin"),
    ("caution", "text", "", "what weakens the row, empty if nothing"),
)

CONFLICTS = _table(
    ("claims", "list", "", "claims that hardly any plausible path satisfies together; without any one of them some do"),
    ("reports", "list", "", "their reports"),
    ("origins", "list", "", "where they first came from"),
    ("reason", "text", "", "what they say, in a few words"),
    ("together", "float", "", "largest share of an ensemble's weight whose paths satisfy all of them"),
    ("expected", "float", "", "what that share would be where it was least, were one of them independent of the rest"),
    ("fewest", "float", "", "largest share for the set less one claim, the least of these"),
    ("ensembles", "int", "", "ensembles searched"),
    ("paths", "int", "", "paths searched"),
    ("effective_paths", "float", "", "effective paths searched, over all ensembles"),
    ("searched", "float", "", "share of paths drawn for these claims alone that satisfy all; empty: none were drawn"),
    ("searched_paths", "int", "", "how many of those were drawn"),
)

OBSERVATIONS = _table(
    ("kind", "text", "", "receiver, apron or wreckage"),
    ("place", "text", "", "where"),
    ("latitude", "float", "deg", "of the place"),
    ("longitude", "float", "deg", "of the place"),
    ("radius_m", "float", "m", "how far it reaches: of a search, the radius"),
    ("time", "time", "UTC", "when; empty: at any time after the flight"),
    ("question", "text", "", "what to find out"),
    ("bits", "float", "bit", "mutual information of answer and hypothesis, with the priors of the case"),
    ("bits_sd", "float", "bit", "its standard error, from independent runs"),
    ("bits_now", "float", "bit", "the same with the posterior in place of the priors"),
    ("most", "text", "", "the hypothesis that expects a yes most"),
    ("most_yes", "float", "", "its probability of a yes"),
    ("least", "text", "", "the hypothesis that expects a yes least"),
    ("least_yes", "float", "", "its probability of a yes"),
    ("effective_paths", "float", "", "effective paths of the weakest ensemble"),
    ("assumes", "text", "", "what the figures take for granted"),
)

REQUIRES = _table(
    ("hypothesis", "text", "", "the story"),
    ("quantity", "text", "", "what its paths do"),
    ("unit", "text", "", "the unit of the figures"),
    ("median", "float", "", "middle of the weighted paths that have the quantity"),
    ("low50", "float", "", "from here"),
    ("high50", "float", "", "to here lies the middle half of them"),
    ("low90", "float", "", "from here"),
    ("high90", "float", "", "to here lie the middle nine tenths of them"),
    ("share", "float", "", "share of the story's weight that has the quantity"),
    ("paths", "int", "", "how many paths have it"),
    ("effective_paths", "float", "", "effective sample size of those"),
    ("words", "text", "", "the quantity in words"),
    ("assumes", "text", "", "what the figure takes for granted"),
)

COMPETING = _table(
    ("claim", "text", "", "the claim"),
    ("report", "text", "", "its report"),
    ("origin", "text", "", "where it first came from"),
    ("hypothesis", "text", "", "the hypothesis"),
    ("mark", "text", "", "consistent, inconsistent, between, or not testable"),
    ("support", "float", "", "share of paths that satisfy the claim, itself left out"),
    ("effective_paths", "float", "", "effective sample size"),
    ("diagnosticity", "float", "bit", "how much the claim can tell of which hypothesis holds, all equally probable"),
)

PASSENGER = _table(
    ("hypothesis", "text", "", "short name"),
    ("aboard", "bool", "", "the person is taken to have been aboard, or not"),
    ("stated", "float", "", "probability of that which the hypothesis states"),
    ("claims", "int", "", "claims about the person that can be tested"),
    ("consistent", "int", "", "those it is consistent with"),
    ("in_tension", "int", "", "those it is in tension with"),
    ("needs", "int", "", "those that need something further"),
    ("tension_with", "list", "", "the claims it is in tension with"),
    ("effective_paths", "float", "", "effective sample size"),
)

AGREEMENT = _table(
    ("first", "text", "", "a report"),
    ("second", "text", "", "another"),
    ("overlap", "float", "", "share of weight that both ensembles put in the same place at the same time"),
    ("at_most", "float", "", "the same for two halves of one ensemble: what sampling alone leaves of 1"),
    ("alike", "float", "", "overlap over at_most"),
    ("paths", "int", "", "paths of the smaller ensemble"),
    ("effective_paths", "float", "", "effective paths of the smaller one"),
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

RECEIVERS = _table(
    ("id", "text", "", "short name"),
    ("country", "text", "", "ISO code of the country"),
    ("latitude", "float", "deg", "assumed place"),
    ("longitude", "float", "deg", "assumed place"),
    ("antenna_m", "float", "m", "height of the antenna above the ground"),
    ("place_sd_m", "float", "m", "standard deviation of the place, north and east alike"),
    ("probability", "float", "1", "that there was one which heard and handed on"),
    ("source", "text", "", "where the point is from"),
    ("why", "text", "", "why one is assumed there"),
)

HEARING = _table(
    ("network", "text", "", "which receivers are assumed"),
    ("hypothesis", "text", "", "id"),
    ("last_heard", "time", "UTC", "when the signal is said to have ended"),
    ("whose", "text", "", "whose signal was heard: the aircraft's, or another's"),
    ("heard", "float", "1", "share of the weight that is heard then"),
    ("unheard", "float", "1", "of that, the share not heard after, with the transponder left on"),
    ("log_factor", "float", "nat", "what hearing adds to the log evidence"),
    ("log_factor_sd", "float", "nat", "its standard error, of paths and networks drawn"),
    ("log_factor_low", "float", "nat", "the same under one network alone: 5 % of networks give less"),
    ("log_factor_high", "float", "nat", "and 5 % more"),
    ("effective_paths", "float", "1", "effective paths once weighed by it"),
    ("networks", "int", "1", "networks drawn"),
    ("unknown", "float", "1", "share of flown steps for which sight cannot be said"),
    ("caution", "text", "", "what to hold against the row"),
)

PROFILES = _table(
    ("hypothesis", "text", "", "id"),
    ("path", "int", "", "number of the path along whose way ground and hearing are told"),
    ("time", "time", "UTC", "moment"),
    ("latitude", "float", "deg", "of that path"),
    ("longitude", "float", "deg", "of that path"),
    ("altitude_m", "float", "m", "its height above mean sea level"),
    ("altitude_low_m", "float", "m", "5 % of the story's paths, by weight, are lower at the moment"),
    ("altitude_high_m", "float", "m", "5 % are higher"),
    ("ground_m", "float", "m", "height of the ground below that path"),
    ("ground_sd_m", "float", "m", "its standard deviation"),
    ("heard_low_m", "float", "m", "from what height up that place is heard by 5 % of the networks drawn"),
    ("heard_m", "float", "m", "by half of them"),
    ("heard_high_m", "float", "m", "by 95 % of them"),
)

LAST_PLACES = _table(
    ("claim", "text", "", "id"),
    ("words", "text", "", "the claim in our own sentence"),
    ("latitude", "float", "deg", "middle of what it may mean"),
    ("longitude", "float", "deg", "middle of what it may mean"),
    ("ground_low_m", "float", "m", "height of the ground where the claim may mean: 5 % of it is lower, its error off"),
    ("ground_m", "float", "m", "the middle of it"),
    ("ground_high_m", "float", "m", "5 % is higher, its error added"),
    ("heard_low_m", "float", "m", "from what height up it is heard there by 5 % of the networks drawn"),
    ("heard_m", "float", "m", "by half of them"),
    ("heard_high_m", "float", "m", "by 95 % of them"),
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
