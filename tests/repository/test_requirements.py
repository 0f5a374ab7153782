"""What is needed is what Home Assistant itself asks for."""

from tests.repository.project import HOME_ASSISTANT, ROOT, read_json


def test_sentences_are_understood_with_what_home_assistant_pins() -> None:
    conversation = read_json(HOME_ASSISTANT / "components" / "conversation" / "manifest.json")
    wanted = (ROOT / "requirements" / "test.in").read_text().splitlines()
    assert set(conversation["requirements"]) <= set(wanted)


def test_messages_are_encrypted_with_what_home_assistant_pins() -> None:
    """So it is installed already where Home Assistant comes as an image."""
    html5 = read_json(HOME_ASSISTANT / "components" / "html5" / "manifest.json")
    wanted = (ROOT / "requirements" / "integration.in").read_text().splitlines()
    assert set(html5["requirements"]) <= set(wanted)
