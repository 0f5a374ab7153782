"""What the tests need is what Home Assistant itself asks for."""

from tests.repository.project import HOME_ASSISTANT, ROOT, read_json


def test_sentences_are_understood_with_what_home_assistant_pins() -> None:
    conversation = read_json(HOME_ASSISTANT / "components" / "conversation" / "manifest.json")
    wanted = (ROOT / "requirements" / "test.in").read_text().splitlines()
    assert set(conversation["requirements"]) <= set(wanted)
