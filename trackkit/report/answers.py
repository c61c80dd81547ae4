"""The questions that editors ask, answered from the numbers: what is wrong, what is required, what would change it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from trackkit import judge
from trackkit.model import Case
from trackkit.report.words import share

__all__ = ["change", "passenger", "requires", "wrong"]

_FEW = 5
_WIDEST_NATS = 1.0
#: findings that are about single statements and need no path
_SLIPS = ("hour slips", "directions", "speeds")


def wrong(case: Case, conflicts: pd.DataFrame, support: pd.DataFrame, findings: pd.DataFrame) -> str:
    """Which report is wrong, and how do you know? As Markdown.

    Parameters
    ----------
    case : Case
    conflicts, support, findings : DataFrame
        As `trackkit.judge.conflicts`, `trackkit.judge.claims` and `trackkit.check.case` give them.
    """
    slips = findings[findings["test"].isin(_SLIPS)].drop_duplicates("finding")
    parts = _of_itself(slips)
    parts += [_set(case, row, support) for row in _merged(case, conflicts)]
    if not parts:
        return "No report is in conflict with another, or with itself, as far as these paths show."
    head = (
        "**No report is called wrong as a whole.** What can be said is which statements cannot stand as they were "
        "taken, alone or together, and how many paths that rests on."
    )
    return "\n\n".join([head, "\n".join(f"- {part}" for part in parts)])


def change(verdict: pd.DataFrame, without: pd.DataFrame, sweep: pd.DataFrame, observations: pd.DataFrame) -> str:
    """What would change your mind? As Markdown.

    Parameters
    ----------
    verdict, without, sweep, observations : DataFrame
        As `trackkit.judge.hypotheses`, `without`, `wording` and `next_evidence` give them.
    """
    spread = float((verdict["log_evidence_sd"] * verdict["runs"] ** 0.5).max())
    first = []
    if not spread <= _WIDEST_NATS:
        first = [
            f"**More paths, before all else.** Independent runs differ by up to {spread:.1f} nats, so the order of the "
            "stories is open now, and what follows tells what moves it, not what decides it."
        ]
    return "\n\n".join([*first, _asked(observations), _left_out(without), _swept(sweep)])


def requires(case: Case, support: pd.DataFrame, demands: pd.DataFrame | None = None) -> str:
    """What each story requires beside it, as Markdown: one line a story.

    Parameters
    ----------
    case : Case
    support : DataFrame
        As `trackkit.judge.claims` gives it.
    demands : DataFrame, optional
        As `trackkit.judge.requires` gives it: what each story asks of the flight, told beside the claims.
    """
    rows = support[support["support"].notna() & (support["subject"] == "aircraft")]
    rows = rows[~rows["claim"].map(case.claims["copy_of"]).astype(bool)]
    present = [one.id for one in case.hypotheses if (rows["hypothesis"] == one.id).any()]
    told = [_required(case, name, rows[rows["hypothesis"] == name]) for name in present]
    if demands is not None:
        told = [
            f"{one} {_flown(demands[demands['hypothesis'] == name])}" for one, name in zip(told, present, strict=True)
        ]
    return "\n".join(f"- {one.strip()}" for one in told)


def passenger(case: Case, passenger: pd.DataFrame) -> str:
    """Each story with the person aboard and not, as Markdown: one line a story.

    Parameters
    ----------
    case : Case
    passenger : DataFrame
        As `trackkit.judge.passenger` gives it.
    """
    present = [one.id for one in case.hypotheses if (passenger["hypothesis"] == one.id).any()]
    return "\n".join(f"- {_joined(name, passenger[passenger['hypothesis'] == name])}" for name in present)


# ---------------------------------------------------------------------------------------------------------------
# which report is wrong
# ---------------------------------------------------------------------------------------------------------------


def _of_itself(slips: pd.DataFrame) -> list[str]:
    """The findings that need no path, each a sentence, and how many more there are."""
    told = [f"By clock, map or type alone: {str(row.finding).rstrip('.')}." for row in _rows(slips.head(2 * _FEW))]
    return [*told, *([f"And {len(slips) - 2 * _FEW} more of that kind."] if len(slips) > 2 * _FEW else [])]


def _merged(case: Case, conflicts: pd.DataFrame) -> list[tuple[Any, list[list[str]]]]:
    """Conflicts that say the same taken together: a row, and for each statement the claims that make it."""
    found: dict[tuple[str, ...], tuple[Any, list[list[str]]]] = {}
    for row in _rows(conflicts):
        said = {str(judge.told(case.claims.loc[name])): name for name in row.claims}
        key = tuple(sorted(said))
        _, members = found.setdefault(key, (row, [[] for _ in key]))
        for names, words in zip(members, key, strict=True):
            if said[words] not in names:
                names.append(said[words])
    return list(found.values())


def _set(case: Case, found: tuple[Any, list[list[str]]], support: pd.DataFrame) -> str:
    row, members = found
    rest = f"of {row.paths:,} paths in {row.ensembles} ensembles ({row.effective_paths:,.0f} effective)"
    told = [f"{_statement(case, names)} {_stories(support, names[0])}" for names in members]
    some = share(row.together, row.effective_paths)
    if len(members) == 1:
        return f"{told[0]} It requires an error, or another meaning: {rest} at most {some} of any ensemble do this."
    return (
        f"{' '.join(told)} Not all of these can stand as they were taken: {rest} at most {some} of any ensemble do all "
        f"of them, while {100 * row.fewest:.0f} % of one do all but one. Which of them is wrong, the paths alone do "
        "not say."
    )


def _statement(case: Case, names: list[str]) -> str:
    reports = sorted(set(case.claims.loc[names, "report"]))
    words = str(case.claims.loc[names[0], "words"]).strip().rstrip(".")
    return f"“{words}” ({', '.join(reports)})"


def _stories(support: pd.DataFrame, claim: str) -> str:
    states = support["state"][support["claim"] == claim]
    fits = int((states == "consistent").sum())
    return f"is consistent with {fits} of {len(states)} stories."


# ---------------------------------------------------------------------------------------------------------------
# what would change it
# ---------------------------------------------------------------------------------------------------------------


def _asked(observations: pd.DataFrame) -> str:
    rows = observations[observations["bits"] > 0.01].drop_duplicates("kind")
    if rows.empty:
        return "**No observation considered here would tell the stories apart.**"
    told = "\n".join(
        f"- {row.question} A yes is expected most by *{row.most}* ({share(row.most_yes, row.effective_paths)}) and "
        f"least by *{row.least}* ({share(row.least_yes, row.effective_paths)}); expected information {row.bits:.2f} ± "
        f"{row.bits_sd:.2f} bit. Assumed: {row.assumes}."
        for row in _rows(rows)
    )
    return (
        f"**An answer to one of these** (the most telling of each kind, of {len(observations)} considered):\n\n{told}"
    )


def _left_out(without: pd.DataFrame) -> str:
    flips = without[without["flips"]].drop_duplicates(["left_out_kind", "left_out"])
    if flips.empty:
        return "**No single voice.** Leaving out any one origin, report or claim leaves the same story first."
    told = "; ".join(f"the {row.left_out_kind} {row.left_out}" for row in _rows(flips.head(2 * _FEW)))
    return f"**A voice that falls silent.** Without one of these another story comes first ({len(flips)}): {told}."


def _swept(sweep: pd.DataFrame) -> str:
    settings = sweep[sweep["kind"] != "none"].drop_duplicates(["kind", "name", "setting"])
    flips = settings[settings["flips"]]
    if flips.empty:
        return f"**No single word, trust or prior**, of {len(settings)} settings tried."
    told = "; ".join(f"{row.kind} “{row.name}” at {row.setting} ({row.meant})" for row in _rows(flips))
    weak = int((flips["effective_paths"] < 50.0).sum())
    few = f" {weak} of these rest on fewer than 50 effective paths." if weak else ""
    return (
        f"**A word, a trust or a prior taken otherwise** ({len(flips)} of {len(settings)} settings tried): {told}.{few}"
    )


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


# ---------------------------------------------------------------------------------------------------------------
# what each story requires, and the person
# ---------------------------------------------------------------------------------------------------------------


def _required(case: Case, name: str, rows: pd.DataFrame) -> str:
    needs = rows[rows["state"].str.startswith("needs ") & rows["state"].str.endswith("to be wrong")]
    parts = [
        f"that {state.removeprefix('needs ').removesuffix(' to be wrong')} is wrong for {_count(len(group))}"
        for state, group in ((str(one), rows) for one, rows in needs.groupby("state", sort=True))
    ]
    tense, rare = rows[rows["state"] == "in tension"], rows[rows["state"] == "needs an uncommon path"]
    if len(tense):
        worst = tense.sort_values(["support", "claim"], kind="stable")["claim"].head(_FEW)
        told = "; ".join(f"{judge.told(row)} ({row.report})" for row in _rows(case.claims.loc[list(worst)]))
        parts.append(f"that {_count(len(tense))}, hardly ever met by its paths, be wrong or mean less, such as {told}")
    if len(rare):
        parts.append(f"an uncommon path for {len(rare)} more")
    told = "; ".join(parts) or "nothing further"
    least = rows["effective_paths"].min()
    return f"**{name}** requires {told} (the weakest of these figures rests on {least:,.0f} effective paths)."


def _flown(rows: pd.DataFrame) -> str:
    """What the story asks of the flight, each figure with its 50 and 90 % intervals, and what they rest on."""
    if rows.empty:
        return ""
    told = "; ".join(_figure(row) for row in _rows(rows))
    least, assumed = rows["effective_paths"].min(), sorted({str(one) for one in rows["assumes"] if one})
    rest = f" Assumed: {'; '.join(assumed)}." if assumed else ""
    return (
        f"Its paths require, as middle value (50 %; 90 % of them), {told} ({least:,.0f} effective paths or more).{rest}"
    )


def _figure(row: Any) -> str:
    some = "" if row.share > 0.995 else f", in the {share(row.share, row.effective_paths)} that do so"
    return (
        f"{row.words} {row.median:,.0f} {row.unit} ({row.low50:,.0f} to {row.high50:,.0f}; {row.low90:,.0f} to "
        f"{row.high90:,.0f}{some})"
    )


def _count(number: int) -> str:
    return f"{number} statement{'s' if number != 1 else ''}"


def _joined(name: str, rows: pd.DataFrame) -> str:
    told = [
        f"with the person {'aboard' if row.aboard else 'not aboard'} it is consistent with {row.consistent} of "
        f"{row.claims} claims about the person and in tension with {row.in_tension}"
        for row in _rows(rows.sort_values("aboard", ascending=False))
    ]
    stated = rows[rows["aboard"]]["stated"].iloc[0]
    how = "It does not say which" if stated != stated else f"It states aboard as {stated:g}, {judge.icd203(stated)}"
    return f"**{name}**: {'; '.join(told)}. {how}."
