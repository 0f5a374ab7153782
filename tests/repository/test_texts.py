"""What drivers are told, in every language: the same texts, with the same gaps to be filled."""

import pytest

from tests.repository.project import INTEGRATION, placeholders, read_json

FOLDER = INTEGRATION / "texts"
ENGLISH = read_json(FOLDER / "en.json")
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.json"))


def test_languages_are_those_of_the_card() -> None:
    of_the_card = {path.stem for path in INTEGRATION.glob("frontend/texts/*.js")}
    assert of_the_card == {*LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_every_text(language: str) -> None:
    texts = read_json(FOLDER / f"{language}.json")

    assert list(texts) == list(ENGLISH)
    for key, text in texts.items():
        assert text.strip(), key
        assert placeholders(text) == placeholders(ENGLISH[key]), key
