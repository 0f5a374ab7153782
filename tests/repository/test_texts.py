"""Drivers' texts in every language: the same keys, with the same placeholders."""

from collections.abc import Mapping
import json
import shutil
import subprocess

import pytest

from custom_components.smart_parking.texts.plurals import OTHER, categories, category
from tests.repository.project import INTEGRATION, placeholders, read_json

FOLDER = INTEGRATION / "texts"
ENGLISH = read_json(FOLDER / "en.json")
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.json"))
COUNTED = {key.removesuffix("_one") for key in ENGLISH if key.endswith("_one")}
# Beyond them, forms repeat.
MOST = 2_000

INTL = """
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { languages, most } = JSON.parse(text);
const forms = languages.map((language) => {
  const rules = new Intl.PluralRules(language);
  return Array.from({ length: most }, (_, count) => rules.select(count));
});
process.stdout.write(JSON.stringify(forms));
"""


def forms(texts: Mapping[str, str]) -> list[str]:
    """Return the categories that a language has for numbers that occur."""
    rules = texts["plural_rules"]
    used = {category(rules, count) for count in range(MOST)}
    return [one for one in categories(rules) if one in used or one == OTHER]


def expected(texts: Mapping[str, str]) -> list[str]:
    """Return the keys of a language, in the order of the English ones."""
    keys: list[str] = []
    for key in ENGLISH:
        of, _, form = key.rpartition("_")
        if of not in COUNTED or form not in ("one", OTHER):
            keys.append(key)
        elif form == OTHER:
            keys += [f"{of}_{one}" for one in forms(texts)]
    return keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_every_text(language: str) -> None:
    texts = read_json(FOLDER / f"{language}.json")

    assert list(texts) == expected(texts)
    for key, text in texts.items():
        assert text.strip(), key
        of = key.rpartition("_")[0]
        english = ENGLISH.get(key) or ENGLISH[f"{of}_{OTHER}"]
        assert placeholders(text) == placeholders(english), key


def test_numbers_have_the_forms_that_browsers_know() -> None:
    """The card and the page leave it to the browser; Python has the rules of the texts."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: it knows the forms of all languages")
    ours = [
        [
            category(read_json(FOLDER / f"{language}.json")["plural_rules"], count)
            for count in range(MOST)
        ]
        for language in LANGUAGES
    ]
    done = subprocess.run(
        [node, "--input-type=module", "--eval", INTL],
        input=json.dumps({"languages": LANGUAGES, "most": MOST}),
        capture_output=True,
        text=True,
        check=True,
    )
    for language, theirs, of_language in zip(LANGUAGES, json.loads(done.stdout), ours, strict=True):
        assert theirs == of_language, language


def test_a_language_is_named_nowhere_but_in_its_texts() -> None:
    """Adding a language changes only texts."""
    named = [
        path.relative_to(INTEGRATION).as_posix()
        for path in INTEGRATION.rglob("*")
        if path.suffix in {".py", ".js", ".css"}
        and any(
            read_json(FOLDER / f"{language}.json")["page_own_name"] in path.read_text()
            for language in LANGUAGES
            if language != "en"
        )
    ]
    assert named == []
