"""The rules of the house that a machine can read: imports run one way, and what goes with it.

Every rule is a function from a module's name and source to a list of breaches. Each is tried on made-up
sources that break it, then on every module of trackkit.
"""

import ast
import re
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "trackkit"

# A room may use earlier rooms only. A new room is entered here, and nowhere else.
GROUND = ("errors", "units", "columns", "earth", "air", "model")
ENGINE = ("motion", "wording", "claims", "origins", "sampler")
VERBS = ("read", "check", "reconstruct", "judge", "calibrate")
ROOMS = (*GROUND, *ENGINE, *VERBS, "draw", "write", "report", "__main__")
MAY_OPEN_PACKAGED_DATA = {"earth", "air"}

OPENERS = {"open", "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "open_dataset"}
MUTABLE_MAKERS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"}
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*|__\w+__")
DISHONEST = re.compile(r"\b(ruled\s+out|proved|impossible)\b", re.IGNORECASE)

Modules = dict[str, str]
Rule = Callable[[str, str], list[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


# -- what a module says --------------------------------------------------------------------------------------


def module_name(path: Path) -> str:
    """``trackkit/read/__init__.py`` -> ``trackkit.read``."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> Modules:
    """Every module of trackkit with its source."""
    return {module_name(path): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def room(name: str) -> str:
    """``trackkit.read.case`` -> ``read``; the package itself is ``""``."""
    return name.partition(".")[2].partition(".")[0]


def rank(name: str) -> int:
    """The place of its room in the order; the package, which imports all, comes after them."""
    order = {"": len(ROOMS)} | {known: place for place, known in enumerate(ROOMS)}
    return order.get(room(name), -1)


def imported(node: ast.AST) -> list[str]:
    """Dotted names that an import statement may mean, all below trackkit; none for other nodes."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = []
    return [name for name in names if name.split(".")[0] == "trackkit"]


def imports(source: str) -> list[str]:
    return [name for node in ast.walk(ast.parse(source)) for name in imported(node)]


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if is_function(node))


def public_functions(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, Function]]:
    """Functions of a module and methods of its classes, unless a name begins with an underscore."""
    for node in body:
        if getattr(node, "name", "_").startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from public_functions(node.body, f"{inside}{node.name}.")
        elif is_function(node):
            yield f"{inside}{node.name}", node


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of strings that stand as a statement of their own."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


# -- the rules -----------------------------------------------------------------------------------------------


def unknown_room(name: str, source: str) -> list[str]:
    return [] if room(name) in ("", *ROOMS) else [f"{name}: no such room; the rooms are {', '.join(ROOMS)}"]


def imports_upwards(name: str, source: str) -> list[str]:
    """A later room; or, unless from the command line, the package itself or a name of its ``__init__``."""
    targets = imports(source) if room(name) else []
    later = [target for target in targets if room(target) in ROOMS and rank(target) > rank(name)]
    whole = [target for target in targets if room(target) not in ROOMS and room(name) != "__main__"]
    return [f"{name} imports {target}" for target in later + whole]


def draw_imports_verbs(name: str, source: str) -> list[str]:
    wrong = [target for target in imports(source) if room(name) == "draw" and room(target) in VERBS]
    return [f"{name} imports {target}" for target in wrong]


def relative_imports(name: str, source: str) -> list[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level]
    return [f"{name}:{node.lineno}: write the import in full" for node in nodes]


def hidden_imports(name: str, source: str) -> list[str]:
    """Imports of trackkit inside a function."""
    inside = {node for function in functions(source) for node in ast.walk(function)}
    hidden = [(node.lineno, target) for node in inside for target in imported(node)]
    return [f"{name}:{line}: imports {target} inside a function" for line, target in sorted(hidden)]


def engine_opens_files(name: str, source: str) -> list[str]:
    if room(name) not in {*GROUND, *ENGINE} - MAY_OPEN_PACKAGED_DATA:
        return []
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(node, getattr(node.func, "attr", getattr(node.func, "id", ""))) for node in calls]
    wrong = [(node, verb) for node, verb in named if verb in OPENERS or verb.startswith(("read_", "write_"))]
    return [f"{name}:{node.lineno}: {verb}() in the engine" for node, verb in wrong]


def global_statements(name: str, source: str) -> list[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Global)]
    return [f"{name}:{node.lineno}: global {', '.join(node.names)}" for node in nodes]


def is_mutable(value: ast.expr | None) -> bool:
    called = getattr(value, "func", None)
    maker = getattr(called, "attr", getattr(called, "id", None))
    return isinstance(value, MUTABLE_DISPLAYS) or maker in MUTABLE_MAKERS


def mutable_state(name: str, source: str) -> list[str]:
    """A list, dict or set at the top of a module under a name that is not a constant's."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    mutable = [node for node in nodes if is_mutable(node.value)]
    targets = [target for node in mutable for target in getattr(node, "targets", [getattr(node, "target", None)])]
    named = [ast.unparse(target) for target in targets]
    return [f"{name}: {target} can change" for target in named if not CONSTANT.fullmatch(target)]


def missing_docstrings(name: str, source: str) -> list[str]:
    found = public_functions(ast.parse(source).body)
    return [f"{name}.{label} has no docstring" for label, node in found if not ast.get_docstring(node)]


def dishonest_words(name: str, source: str) -> list[str]:
    tree = ast.parse(source)
    spared = docstrings(tree)
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in spared]
    wrong = [node for node in constants if isinstance(node.value, str) and DISHONEST.search(node.value)]
    return [f"{name}:{node.lineno}: {node.value!r}" for node in wrong]


RULES_AND_BREACHES: list[tuple[Rule, str, str]] = [
    (unknown_room, "trackkit.utils", ""),
    (unknown_room, "trackkit.helpers.numbers", ""),
    (imports_upwards, "trackkit.errors", "from trackkit.units import FT_M"),
    (imports_upwards, "trackkit.motion", "from trackkit import claims"),
    (imports_upwards, "trackkit.sampler", "import trackkit.read.case"),
    (imports_upwards, "trackkit.judge", "from trackkit.draw.maps import map"),
    (imports_upwards, "trackkit.judge", "import trackkit as tk"),
    (imports_upwards, "trackkit.report", "from trackkit import __version__"),
    (imports_upwards, "trackkit.report", "if True:\n    from trackkit.__main__ import main"),
    (imports_upwards, "trackkit.check", "def f():\n    import trackkit.write"),
    (draw_imports_verbs, "trackkit.draw.maps", "from trackkit.judge import hypotheses"),
    (draw_imports_verbs, "trackkit.draw", "from trackkit import reconstruct"),
    (relative_imports, "trackkit.draw.maps", "from . import paths"),
    (relative_imports, "trackkit.draw.maps", "from ..judge import hypotheses"),
    (hidden_imports, "trackkit.report", "def f():\n    from trackkit.units import FT_M"),
    (hidden_imports, "trackkit.report", "class C:\n    async def f(self):\n        import trackkit.units"),
    (engine_opens_files, "trackkit.claims", "open('x')"),
    (engine_opens_files, "trackkit.motion", "def f(path):\n    return path.read_text()"),
    (engine_opens_files, "trackkit.sampler", "import numpy as np\nx = np.load('x.npy')"),
    (engine_opens_files, "trackkit.wording", "import pandas as pd\npd.read_csv('x')"),
    (global_statements, "trackkit.judge", "def f():\n    global n\n    n = 1"),
    (mutable_state, "trackkit.judge", "cache = {}"),
    (mutable_state, "trackkit.judge", "seen: set[str] = set()"),
    (mutable_state, "trackkit.judge", "import collections\n_seen = collections.defaultdict(list)"),
    (missing_docstrings, "trackkit.judge", "def claims():\n    return 1"),
    (missing_docstrings, "trackkit.model", "class Case:\n    def claims_of(self):\n        return 1"),
    (dishonest_words, "trackkit.judge", "says = 'landing is Ruled Out by this'"),
    (dishonest_words, "trackkit.judge", "def f(n):\n    '''Fine.'''\n    return f'{n} proved'"),
    (dishonest_words, "trackkit.draw", "TITLE = 'an impossible ' 'turn'"),
]  # fmt: skip

ALLOWED: list[tuple[Rule, str, str]] = [
    (unknown_room, "trackkit", ""),
    (imports_upwards, "trackkit", "from trackkit import draw, read\nfrom trackkit.report import report"),
    (imports_upwards, "trackkit.__main__", "import trackkit as tk\nfrom trackkit.report import report"),
    (imports_upwards, "trackkit.read.case", "from trackkit.read import track\nfrom trackkit import errors"),
    (draw_imports_verbs, "trackkit.draw.maps", "from trackkit.draw import style\nfrom trackkit import model"),
    (hidden_imports, "trackkit.report", "def f():\n    import nbclient"),
    (engine_opens_files, "trackkit.earth", "open('x')"),
    (engine_opens_files, "trackkit.read.case", "open('x')"),
    (mutable_state, "trackkit.units", "UNITS = {}\n__all__ = ['a']\nedges = (1, 2)"),
    (
        missing_docstrings,
        "trackkit.read",
        "def _f():\n    pass\ndef f():\n    '''Do.'''\n    def g():\n        pass",
    ),
    (dishonest_words, "trackkit.judge", "'''Nothing is ruled out.'''\nsays = 'approved, improved'"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in RULES_AND_BREACHES))


def cycle(sources: Modules) -> list[str]:
    """Modules of one room that import each other in a circle; empty if none do."""
    graph = {name: set() for name in sources}
    for name, source in sources.items():
        for target in imports(source):
            meant = target if target in sources else target.rpartition(".")[0]
            if meant in sources and room(meant) == room(name) != "":
                graph[name].add(meant)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


# -- the tests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "name", "source"), RULES_AND_BREACHES)
def test_rule_sees_a_breach(rule: Rule, name: str, source: str) -> None:
    assert rule(name, source)


@pytest.mark.parametrize(("rule", "name", "source"), ALLOWED)
def test_rule_lets_pass_what_is_allowed(rule: Rule, name: str, source: str) -> None:
    assert rule(name, source) == []


def test_cycle_inside_a_room_is_seen() -> None:
    there, back = "from trackkit.read.track import track", "from trackkit.read import case"
    assert cycle({"trackkit.read": "", "trackkit.read.case": there, "trackkit.read.track": back})
    assert not cycle({"trackkit.read": back, "trackkit.read.case": there, "trackkit.read.track": ""})


def test_there_are_modules_to_judge() -> None:
    assert {"trackkit.errors", "trackkit.units"} <= set(modules())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps_rule(rule: Rule) -> None:
    assert [breach for name, source in modules().items() for breach in rule(name, source)] == []


def test_house_has_no_cycle() -> None:
    assert cycle(modules()) == []
