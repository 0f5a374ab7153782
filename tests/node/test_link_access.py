"""The program at a real broker: encrypted, with users, and with the access rules of our page."""

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import re
import shutil
import signal
import socket
import subprocess
from threading import Event, Thread
import time

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
import pytest

from custom_components.smart_parking.node import link as links, program
from custom_components.smart_parking.node.agent import Agent
from custom_components.smart_parking.node.hardware import SimulatedHardware
from custom_components.smart_parking.node.link import Broker, MqttLink
from custom_components.smart_parking.node.messages import encode_air
from custom_components.smart_parking.node.store import NodeStore
from tests.node.package import ROOT

pytestmark = [
    pytest.mark.skipif(
        not (shutil.which("mosquitto") and shutil.which("openssl")),
        reason="not installed: mosquitto or openssl",
    ),
    pytest.mark.usefixtures("socket_enabled"),
]

TIMEOUT_S = 20.0
PAGE = (ROOT / "docs" / "remote-nodes.md").read_text()
PASSWORDS = {"homeassistant": "h0me", "garage-2": "tw0", "garage-3": "thr33"}
NODES = "smart_parking/nodes"


def block_after(words: str) -> str:
    """Return the block of code that follows words on our page."""
    found = re.search(rf"{re.escape(words)}\n\n```\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def make_certificate(folder: Path) -> None:
    """Write an authority that signs itself, which is the broker's certificate, too.

    In a process of its own: here, other tests may have frozen the time that certificates are of.
    """
    extensions = (
        "basicConstraints=critical,CA:TRUE,pathlen:0",
        "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    )
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-keyout", "broker.key", "-out", "ca.crt"]
    for one in extensions:
        command += ["-addext", one]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    shutil.copy(folder / "ca.crt", folder / "broker.crt")


class GuardedBroker:
    """A mosquitto that is set up as our page says."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        make_certificate(folder)
        (folder / "acl").write_text(block_after("`/etc/mosquitto/acl`:"))
        for number, (user, password) in enumerate(PASSWORDS.items()):
            command = ["mosquitto_passwd", *([] if number else ["-c"]), "-b"]
            subprocess.run([*command, str(folder / "passwords"), user, password], check=True)
        config = block_after("`/etc/mosquitto/conf.d/parking.conf`:")
        config = config.replace("listener 8883", f"listener {self.port} 127.0.0.1\nuser root")
        path = folder / "parking.conf"
        path.write_text(config.replace("/etc/mosquitto/", f"{folder}/"))
        self._process = subprocess.Popen(["mosquitto", "-c", str(path)])
        until(self._answers)

    def _answers(self) -> bool:
        """Return whether it takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True

    def of(self, name: str, **more: object) -> Broker:
        """Return how a user speaks with it."""
        values: dict[str, object] = {
            "host": "localhost",
            "port": self.port,
            "user": name,
            "password": PASSWORDS[name],
            "tls": True,
            "ca_file": self.folder / "ca.crt",
            **more,
        }
        return Broker(**values)  # type: ignore[arg-type]  # as they are

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(TIMEOUT_S)


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what other threads and programs do."""
    ends = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture(name="broker")
def broker_fixture(tmp_path: Path) -> Iterator[GuardedBroker]:
    """Run a broker with rules."""
    broker = GuardedBroker(tmp_path)
    yield broker
    broker.close()


class Ear:
    """A user of the broker, and all that it hears."""

    def __init__(self, broker: GuardedBroker, user: str) -> None:
        """Connect, and listen to everything that is heard."""
        self.heard: list[tuple[str, bytes]] = []
        subscribed = Event()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(user, PASSWORDS[user])
        context = broker.of(user).context()
        assert context is not None
        self.client.tls_set_context(context)

        def hear(_client: Client, _userdata: object, message: MQTTMessage) -> None:
            self.heard.append((message.topic, message.payload))

        self.client.on_message = hear
        self.client.on_subscribe = lambda *_args: subscribed.set()
        self.client.connect("localhost", broker.port)
        self.client.loop_start()
        self.client.subscribe("#", 1)
        assert subscribed.wait(TIMEOUT_S)

    def say(self, topic: str, payload: bytes = b"x") -> None:
        """Publish something, and wait until the broker has it."""
        self.client.publish(topic, payload, 1).wait_for_publish(TIMEOUT_S)

    def close(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()
        # In a circle, the client's sockets would be found open by the garbage collector.
        self.client.on_message = self.client.on_subscribe = None


@pytest.fixture(name="listen")
def listen_fixture(broker: GuardedBroker) -> Iterator[Callable[[str], Ear]]:
    """Give what connects as a user."""
    ears: list[Ear] = []

    def listen(user: str) -> Ear:
        ears.append(Ear(broker, user))
        return ears[-1]

    yield listen
    for one in ears:
        one.close()


@pytest.fixture(name="connect")
def connect_fixture() -> Iterator[Callable[[Broker], Agent]]:
    """Give what connects a node with a broker."""
    ends: list[Callable[[], None]] = []

    def connect(broker: Broker) -> Agent:
        agent = Agent("garage-2", "machine", SimulatedHardware(), NodeStore(None))
        link, stop = MqttLink(broker, agent), Event()
        thread = Thread(target=agent.run, args=(link, stop))
        link.open()
        thread.start()

        def end() -> None:
            stop.set()
            agent.wake()
            thread.join(TIMEOUT_S)
            link.close()

        ends.append(end)
        return agent

    yield connect
    for one in ends:
        one()


def test_a_node_may_speak_for_itself_and_for_nobody_else(
    broker: GuardedBroker, listen: Callable[[str], Ear]
) -> None:
    home, node, other = listen("homeassistant"), listen("garage-2"), listen("garage-3")
    for topic in (
        f"{NODES}/garage-3/status",
        f"{NODES}/garage-3/set/config",
        f"{NODES}/garage-2/set/config",
        "homeassistant/sensor/x/config",
    ):
        node.say(topic)
    node.say(f"{NODES}/garage-2/status")
    until(lambda: home.heard != [])
    assert [topic for topic, _ in home.heard] == [f"{NODES}/garage-2/status"]
    home.say(f"{NODES}/garage-3/set/config")
    home.say(f"{NODES}/garage-2/set/config")
    until(lambda: node.heard != [] and other.heard != [])
    # Neither hears what the other says, or is told.
    assert [topic for topic, _ in node.heard] == [f"{NODES}/garage-2/set/config"]
    assert [topic for topic, _ in other.heard] == [f"{NODES}/garage-3/set/config"]


def test_the_program_is_at_home_with_tls_and_these_rules(
    broker: GuardedBroker, listen: Callable[[str], Ear], connect: Callable[[Broker], Agent]
) -> None:
    home = listen("homeassistant")
    agent = connect(broker.of("garage-2"))
    until(lambda: (f"{NODES}/garage-2/status", b"online") in home.heard)
    topics = [topic.rpartition("/")[2] for topic, _ in home.heard]
    assert topics[:2] == ["announce", "status"]
    home.say(f"{NODES}/garage-2/set/air", encode_air(3.5))
    home.say(f"{NODES}/garage-2/set/mood", b"{}")
    until(lambda: agent._celsius == 3.5)  # noqa: SLF001 - nobody is told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"password": "wrong"}, "refuses the connection"),
        # The client leaves it to the garbage collector to close what it could not trust.
        pytest.param(
            {"ca_file": None},
            "or it is not to be trusted",
            marks=pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
        ),
        ({"port": 1}, "There is no broker"),
    ],
)
def test_what_keeps_it_from_connecting_is_said(
    broker: GuardedBroker,
    connect: Callable[[Broker], Agent],
    caplog: pytest.LogCaptureFixture,
    more: dict[str, object],
    words: str,
) -> None:
    connect(broker.of("garage-2", **more))
    until(lambda: words in caplog.text)


def test_the_program_runs_until_it_is_told_to_end(
    broker: GuardedBroker,
    listen: Callable[[str], Ear],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    home = listen("homeassistant")
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def end() -> None:
        until(lambda: (f"{NODES}/garage-2/status", b"online") in home.heard)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setenv("SMART_PARKING_PASSWORD", PASSWORDS["garage-2"])
    thread = Thread(target=end)
    thread.start()
    try:
        done = program.main(
            [
                "run",
                "--simulate",
                "--broker=localhost",
                f"--port={broker.port}",
                "--name=garage-2",
                "--user=garage-2",
                f"--ca-file={tmp_path / 'ca.crt'}",
                f"--state-dir={tmp_path}",
            ]
        )
    finally:
        thread.join(TIMEOUT_S)
        for number, handler in before.items():
            signal.signal(number, handler)
    assert done == 0
    until(lambda: (f"{NODES}/garage-2/status", b"offline") in home.heard)


def test_a_broker_that_lets_it_hear_nothing_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    link = MqttLink(
        Broker(host="localhost"), Agent("garage-2", "m", SimulatedHardware(), NodeStore(None))
    )
    refused = ReasonCode(PacketTypes.SUBACK, identifier=135)
    # Mosquitto refuses no subscription; others do.
    for _ in range(2):
        link._on_subscribe(link._client, None, 1, [refused], None)  # noqa: SLF001 - as said
    assert [one.message for one in caplog.records] == [
        "The broker does not allow the node to hear what it is told"
    ]


def test_a_client_certificate_is_shown(broker: GuardedBroker) -> None:
    shown = broker.of(
        "garage-2",
        cert_file=broker.folder / "broker.crt",
        key_file=broker.folder / "broker.key",
    )
    assert shown.context() is not None
    assert links.Broker(host="b").context() is None
