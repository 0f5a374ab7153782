"""The repository speaks of itself only, and the files that it names exist."""

from pathlib import Path
import re
import subprocess

import pytest

from tests.repository.project import INTEGRATION, ROOT, files, read_json

SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file())
README = (ROOT / "README.md").read_text()
# Put together here, so that this file does not contain what it looks for.
FOREIGN = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"(work|root|home|tmp)/\w",
            "files.python" + "hosted",
            "pypi" + r"\.org",
            "registry." + "npmjs",
            "deb.debian" + r"\.org",
        ]
    )
)


def text(path: Path) -> str:
    """Return a file's text; the empty one of an image."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_machine_or_registry_is_named() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files()
        if (match := FOREIGN.search(text(path)))
    }
    assert found == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_can_be_run_and_explains_itself(path: Path) -> None:
    head, about, *_ = path.read_text().splitlines()
    assert path.stat().st_mode & 0o111
    assert head == "#!/usr/bin/env bash"
    assert about.startswith(f"# scripts/{path.name}")


@pytest.mark.parametrize("command", sorted(set(re.findall(r"scripts/[\w-]+", README))))
def test_readme_names_a_command_that_exists(command: str) -> None:
    assert (ROOT / command).is_file()


def test_readme_leads_with_the_two_commands() -> None:
    assert "scripts/develop" in README
    assert "scripts/test" in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", README))))
def test_readme_links_to_what_exists(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("name", ["uv", "test", "demo"])
def test_requirements_are_pinned_by_hash(name: str) -> None:
    pinned = (ROOT / "requirements" / f"{name}.txt").read_text()
    requirements = re.split(r"\n(?=\S)", pinned.strip())
    assert all("==" in item and "--hash=sha256:" in item for item in requirements)


def test_repository_can_be_renamed(tmp_path: Path) -> None:
    manifest = read_json(INTEGRATION / "manifest.json")
    address = manifest["documentation"].removeprefix("https://github.com/")
    owner, repository = address.split("/")
    for path in (INTEGRATION / "manifest.json", ROOT / "scripts" / "set-repository"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True)
        copy.write_bytes(path.read_bytes())
    page = tmp_path / "page.md"
    page.write_text(
        f"https://github.com/{address}/issues ?owner={owner}&repository={repository}&x=1 "
        f"by {manifest['codeowners'][0]}, {address}-card stays"
    )

    subprocess.run(
        ["bash", tmp_path / "scripts" / "set-repository", "ann/a.lot", "@ann-b"], check=True
    )

    assert page.read_text() == (
        "https://github.com/ann/a.lot/issues ?owner=ann&repository=a.lot&x=1 "
        f"by @ann-b, {address}-card stays"
    )
    renamed = read_json(tmp_path / "custom_components" / INTEGRATION.name / "manifest.json")
    assert renamed["documentation"] == "https://github.com/ann/a.lot"
    assert renamed["issue_tracker"] == "https://github.com/ann/a.lot/issues"
    assert renamed["codeowners"] == ["@ann-b"]
