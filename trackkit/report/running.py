"""Running notebooks: each in a kernel of this very Python, those that wait for none side by side."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from tqdm.auto import tqdm

from trackkit.errors import InputError, TrackkitError

__all__ = ["Notebook", "Setting", "parameters", "prepared", "read", "run", "tags"]

#: cells tagged so are for the case of that folder name alone
CASE_TAG = "case:"
#: the clock inside archives and figures, where make does not set it: 2024-12-08T00:00:00Z
EPOCH = "1733616000"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_FOLDERS = ("CASE", "OUT")
_TAIL_LINES = 6
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Notebook:
    """A notebook as it is stored: file, name, what it waits for, and its cells."""

    file: Path
    node: Any = field(repr=False)

    @property
    def name(self) -> str:
        """The file's stem."""
        return self.file.stem

    @property
    def after(self) -> tuple[str, ...]:
        """The notebooks whose results it takes up: metadata ``trackkit.after``."""
        return tuple(self.node.metadata.get("trackkit", {}).get("after", ()))


@dataclass(frozen=True)
class Setting:
    """What a run of notebooks is given: the case folder, the output folder, and other parameters by name."""

    case: Path
    out: Path
    others: Mapping[str, object]

    def values(self, notebook: Notebook) -> dict[str, object]:
        """The parameters as this notebook sees them: paths from its own folder, which leaks no folder names."""
        folders = {name: _from(notebook.file.parent, path) for name, path in (("CASE", self.case), ("OUT", self.out))}
        return {**folders, **self.others}


def read(files: Iterable[Path]) -> tuple[Notebook, ...]:
    """Notebooks as they are stored.

    Raises
    ------
    InputError
        If there is none, one is no notebook, or one waits for a notebook that is not there.
    """
    found = tuple(Notebook(file, _node(file)) for file in files)
    names = [notebook.name for notebook in found]
    if not found:
        raise InputError("there are no notebooks to run", allowed="a folder with *.ipynb, or a list of such files")
    for number, notebook in enumerate(found):
        for name in notebook.after:
            if name not in names[:number]:
                what = "waits for a notebook that does not come before it"
                raise InputError(what, name, names[:number], notebook.file)
    return found


def run(notebooks: Sequence[Notebook], setting: Setting) -> tuple[dict[str, Any], dict[str, float]]:
    """Run notebooks with a progress bar over their cells.

    Returns
    -------
    executed : dict
        Name to notebook node, with outputs.
    seconds : dict
        Name to wall time.

    Raises
    ------
    TrackkitError
        If a cell fails: the notebook, the number of the cell, and the last lines of its error.
    """
    ready = {notebook.name: prepared(notebook, setting) for notebook in notebooks}
    cells = sum(cell.cell_type == "code" for node in ready.values() for cell in node.cells)
    with tempfile.TemporaryDirectory() as profile, tqdm(total=cells, unit="cell", disable=None) as bar:
        turns = Turns(bar, _environment(profile), setting.out / "notebooks")
        return ready, asyncio.run(turns.all(notebooks, ready))


def prepared(notebook: Notebook, setting: Setting) -> Any:
    """A copy to run: cells for other cases left out, the parameters that it declares set anew."""
    import nbformat

    node = nbformat.from_dict(notebook.node)
    node.cells = [cell for cell in node.cells if _wanted(cell, setting.case.resolve().name)]
    place = next((k for k, cell in enumerate(node.cells) if "parameters" in tags(cell)), None)
    if place is not None:
        given = setting.values(notebook)
        lines = [f"{name} = {given[name]!r}" for name in _assigned(node.cells[place].source) if name in given]
        cell = nbformat.v4.new_code_cell("\n".join(lines), id="injected-parameters")
        cell.metadata["tags"] = ["injected-parameters"]
        node.cells.insert(place + 1, cell)
    return node


def parameters(notebook: Notebook) -> dict[str, Any]:
    """The parameters that a notebook declares, but for folders, with the values it has for them."""
    cells = [cell for cell in notebook.node.cells if "parameters" in tags(cell)]
    nodes = [node for cell in cells for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
    pairs = [(target.id, node.value) for node in nodes for target in node.targets if isinstance(target, ast.Name)]
    return {name: ast.literal_eval(value) for name, value in pairs if name.isupper() and name not in _FOLDERS}


def tags(cell: Any) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", ()))


@dataclass(frozen=True)
class Turns:
    """Notebooks taking turns: a bar to tell of, the environment of their kernels, and where they are kept as run."""

    bar: Any
    environment: Mapping[str, str]
    folder: Path

    async def all(self, notebooks: Sequence[Notebook], ready: Mapping[str, Any]) -> dict[str, float]:
        """Run all; the first that fails ends the others."""
        seconds: dict[str, float] = {}
        done = {notebook.name: asyncio.Event() for notebook in notebooks}
        turns = [asyncio.ensure_future(self.one(notebook, ready, done, seconds)) for notebook in notebooks]
        try:
            await asyncio.gather(*turns)
        finally:
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, return_exceptions=True)
        return {notebook.name: seconds[notebook.name] for notebook in notebooks}

    async def one(
        self,
        notebook: Notebook,
        ready: Mapping[str, Any],
        done: Mapping[str, asyncio.Event],
        seconds: dict[str, float],
    ) -> None:
        """Run a notebook once those that it waits for are done."""
        for name in notebook.after:
            await done[name].wait()
        started = time.perf_counter()
        await self._execute(notebook, ready[notebook.name])
        seconds[notebook.name] = time.perf_counter() - started
        done[notebook.name].set()

    async def _execute(self, notebook: Notebook, node: Any) -> None:
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        client = self._client(notebook, node)
        try:
            await client.async_execute(
                env=dict(self.environment), cwd=str(notebook.file.parent), stdout=DEVNULL, stderr=DEVNULL
            )
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise TrackkitError(_failure(notebook, node, error)) from None
        finally:
            _drop_widgets(node)
            _keep(self.folder / notebook.file.name, node)

    def _client(self, notebook: Notebook, node: Any) -> Any:
        """A client with a kernel of this Python, whatever kernels the user has installed."""
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient

        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        client = NotebookClient(
            node, km=manager, timeout=None, record_timing=False, store_widget_state=False,
            on_cell_executed=lambda **_: self.bar.update(),
            on_cell_start=lambda **_: self.bar.set_description(notebook.name),
        )  # fmt: skip
        client.owns_km = True
        return client


def _node(file: Path) -> Any:
    import nbformat

    try:
        node = nbformat.read(file, as_version=4)
        nbformat.validate(node)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise InputError(f"not a notebook that can be read: {str(error).splitlines()[0]}", file=file) from None
    return node


def _drop_widgets(node: Any) -> None:
    """Progress bars of a notebook are for those who watch it, and carry names made up anew in each run."""
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _WIDGET not in output.get("data", {})]


def _keep(file: Path, node: Any) -> None:
    import nbformat

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes((nbformat.writes(node).rstrip("\n") + "\n").encode())


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _wanted(cell: Any, case: str) -> bool:
    meant = [tag.removeprefix(CASE_TAG) for tag in tags(cell) if tag.startswith(CASE_TAG)]
    return not meant or case in meant


def _assigned(source: str) -> list[str]:
    """The names that a cell of parameters assigns, in their order."""
    targets = [node.targets for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return [target.id for several in targets for target in several if isinstance(target, ast.Name)]


def _environment(profile: str) -> dict[str, str]:
    """The environment of kernels: as it is, but for what would let the outputs differ."""
    fixed = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TQDM_DISABLE": "1",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": profile,
    }
    return {"SOURCE_DATE_EPOCH": EPOCH, **os.environ, **fixed}


def _failure(notebook: Notebook, node: Any, error: Exception) -> str:
    """The notebook, the number of the cell as it is stored, and the last lines of the error."""
    failed = next((cell for cell in node.cells if _error(cell)), None)
    where = str(notebook.file.name)
    if failed is not None:
        numbers = {cell.get("id"): number for number, cell in enumerate(notebook.node.cells, start=1)}
        where += f", cell {numbers.get(failed.id, '?')} ({failed.id})"
    told = "\n".join(_error(failed)["traceback"]) if failed is not None else str(error)
    lines = [line for line in _COLOUR.sub("", told).splitlines() if line.strip()]
    return f"{where}: the cell failed:\n  " + "\n  ".join(lines[-_TAIL_LINES:])


def _error(cell: Any) -> Any:
    return next((output for output in cell.get("outputs", ()) if output.output_type == "error"), None)
