"""What is uploaded is what was tested: sdist and wheel, outside of the source tree.

    python -m tests.packages             # everything
    python -m tests.packages 3.10 3.13   # the fast tests on these Pythons alone
    python -m tests.packages dot sklearn # these extras alone
    python -m tests.packages core        # as CI: what computes, on the oldest and the newest Python

Builds both packages, checks their description, then, in environments of their own: runs the fast
tests from the sdist, without the package that lies in it, and the examples in the docstrings of the
wheel, on each Python of 3.10 to 3.14 that is on this machine; and installs each extra. Without it,
what needs it must name it; with it, that works. PyTorch is several gigabytes: its extra is
installed only where it is asked for by name.
"""

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
# These are about the source tree itself.
OF_THE_TREE = ("tests/test_house.py", "tests/test_readme.py", "tests/test_installations.py")
# What computes, for CI, which has not the time for all on every Python.
CORE = (
    "tests/test_engine.py", "tests/test_operators.py", "tests/test_optim.py",
    "tests/test_losses.py", "tests/test_higher_derivatives.py", "tests/nn", "tests/training",
    "tests/compiler/test_compiled.py", "tests/datasets", "tests/test_state.py",
)  # fmt: skip
# What needs an extra, as a program.
NEEDS = {
    "dot": "from tinygrad_neuron import Value, draw_dot; draw_dot(Value(1.0)).pipe('svg')",
    "demos": (
        "from tinygrad_neuron.draw import figures; "
        "figures.training_curves({'loss': [2.0, 1.0]}, 'epoch')"
    ),
    "learn": (
        "import contextlib, io; from tinygrad_neuron.cli import main; said = io.StringIO()\n"
        "with contextlib.redirect_stdout(said): main(['learn'])\n"
        "if 'is not kept' in said.getvalue(): raise SystemExit(said.getvalue())\n"
        "import ipykernel, rich; raise SystemExit(main(['notebook', '1']))"
    ),
    "book": (
        "from tinygrad_neuron.course import book; import importlib.util as found\n"
        "if found.find_spec('sphinx') is None: raise SystemExit(book.build('out'))\n"
        "import furo, myst_nb, sphinx"
    ),
    "sklearn": (
        "from tinygrad_neuron.bridges import MLPClassifier; "
        "MLPClassifier((2,), max_iter=1, target='python').fit([[0.0], [1.0]], [0, 1])"
    ),
    "teach": (
        "from pathlib import Path; from tinygrad_neuron.course import chosen, slides\n"
        "slides.write_slides(Path('out'), chosen.Course('', ()))\n"
        "import pypdf"
    ),
    "torch": "from tinygrad_neuron import nn, to_torch; to_torch(nn.Neuron(2, seed=0))",
}


def find_python(version: str) -> str | None:
    """A working Python of this version, on the path or among those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), sys.executable]
    candidates += [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    say = "import sys; print('%d.%d' % sys.version_info[:2])"
    for candidate in filter(None, candidates):
        said = subprocess.run([candidate, "-c", say], capture_output=True, text=True)
        if said.stdout.strip() == version:
            return candidate
    return None


class Environments:
    """Fresh environments in one folder, which goes in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheel, self.sdist = folder, Path(), Path()

    def make(self, name: str, python: str, *packages: str) -> Path:
        """An environment with some packages; the path of its Python."""
        at = self.folder / name
        subprocess.run([python, "-m", "venv", at], check=True)
        made = at / ("Scripts" if os.name == "nt" else "bin") / "python"
        if packages:
            subprocess.run([made, "-m", "pip", "install", "-q", *packages], check=True)
        return made

    def build(self) -> None:
        """Both packages, the wheel from the sdist, and whether their description can be shown."""
        tools = self.make("tools", sys.executable, "build", "twine")
        out = self.folder / "dist"
        subprocess.run([tools, "-m", "build", "-q", "--outdir", out, ROOT], check=True)
        (self.wheel,), (self.sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
        subprocess.run(
            [tools, "-m", "twine", "check", "--strict", self.wheel, self.sdist], check=True
        )

    def run_tests(self, version: str, core: bool) -> str:
        """The fast tests with the wheel, all and its docstrings or the core of them; the last line
        that they print."""
        python = find_python(version)
        if python is None:
            return "not on this machine"
        made = self.make(f"tests-{version}", python, f"{self.wheel}[test]")
        with tarfile.open(self.sdist) as packed:
            packed.extractall(made.parent.parent)
        (outside,) = made.parent.parent.glob("tinygrad_neuron-*")
        shutil.rmtree(outside / "tinygrad_neuron")
        command = [made, "-m", "pytest", "-q", "-n", "auto", "-m", "fast", "-p", "no:cacheprovider"]
        if core:
            command += CORE
        else:  # in the wheel the demos are among the modules
            command += ["tests", "--pyargs", "tinygrad_neuron"]
            (demos,) = made.parent.parent.glob("**/site-packages/tinygrad_neuron/demos")
            command += [f"--ignore={path}" for path in (*OF_THE_TREE, demos)]
        ended = subprocess.run(command, cwd=outside, capture_output=True, encoding="utf-8")
        if ended.returncode:
            print(ended.stdout, ended.stderr)
            raise SystemExit(f"the tests failed on Python {version}")
        return ended.stdout.splitlines()[-1]

    def run_needing(self, python: Path, extra: str) -> "subprocess.CompletedProcess[str]":
        """What needs an extra, with nothing on the path but the environment."""
        return subprocess.run(
            [python, "-X", "utf8", "-c", NEEDS[extra]],
            cwd=self.folder,
            env={"PATH": str(python.parent)},
            capture_output=True,
            encoding="utf-8",
        )

    def check_extra(self, extra: str, bare: Path) -> str:
        """That an extra is named where it is missing, and is enough where it is there."""
        without = self.run_needing(bare, extra)
        if without.returncode == 0 or f'"tinygrad_neuron[{extra}]"' not in without.stderr:
            print(without.stdout, without.stderr)
            raise SystemExit(f"without the extra {extra}, the error does not name it")
        python = self.make(f"extra-{extra}", sys.executable, f"{self.wheel}[{extra}]")
        there = self.run_needing(python, extra)
        if there.returncode:
            print(there.stdout, there.stderr)
            raise SystemExit(f"the extra {extra} is not enough")
        shutil.rmtree(python.parent.parent)
        return "installs, is enough, and is named where it is missing"


def extras() -> list[str]:
    """The extras of setup.cfg that users install."""
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    return [name for name in read["options.extras_require"] if name != "test"]


def main(asked: Sequence[str]) -> None:
    """Build, then check what was asked for."""
    for each in asked:
        if each not in (*PYTHONS, *extras(), "core"):
            raise SystemExit(
                f"{each}? A Python ({', '.join(PYTHONS)}), core, or {', '.join(extras())}"
            )
    core = "core" in asked
    versions = [version for version in PYTHONS if version in asked or not asked]
    if core and not versions:
        there = [version for version in PYTHONS[1:] if find_python(version)]
        versions = [PYTHONS[0], *there[-1:]]
    start = time.perf_counter()

    def done(what: str, outcome: str) -> None:
        print(f"{what}: {outcome} ({time.perf_counter() - start:.0f} s)", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        environments = Environments(Path(folder))
        environments.build()
        done("sdist and wheel", "built, and their description can be shown")
        for version in versions:
            done(f"Python {version}", environments.run_tests(version, core))
        wanted = [name for name in extras() if name in asked or (not asked and name != "torch")]
        if wanted:
            bare = environments.make("bare", sys.executable, str(environments.wheel))
            for name in wanted:
                done(f"extra {name}", environments.check_extra(name, bare))


if __name__ == "__main__":
    main(sys.argv[1:])
