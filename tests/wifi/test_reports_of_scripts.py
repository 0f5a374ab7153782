"""The scripts for access points tell what they are called with, and nothing else."""

import os
from pathlib import Path
import shutil
import subprocess
import sys
import time

import pytest

from custom_components.smart_parking.wifi.reports import StationEvent, read_report
from tests.repository.project import ROOT

FOLDER = ROOT / "docs" / "access-points"
SCRIPT = FOLDER / "smart-parking-station"
HOTPLUG = FOLDER / "openwrt-hotplug"
MQTT = FOLDER / "smart-parking-mqtt"
PHONE = "02:00:5e:00:53:0a"
HOOK = "http://192.0.2.5:8123/api/webhook/hook"
TIMEOUT_S = 10.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="access points have a shell")

# What each of them is called with to send something: the body's place, and the address's.
CLIENTS = {
    "curl": "--silent --max-time 10 --output /dev/null --data BODY HOOK",
    "uclient-fetch": "-q -T 10 -O /dev/null --post-data=BODY HOOK",
    "wget": "-q -T 10 -O /dev/null --post-data=BODY HOOK",
}


def which(name: str) -> str:
    """Return where a program is."""
    found = shutil.which(name)
    assert found is not None
    return found


class AccessPoint:
    """A machine that has a shell and one program that sends something."""

    def __init__(self, folder: Path, client: str, settings: str) -> None:
        """Prepare a program that writes down what it is called with."""
        self._sent = folder / "sent"
        self._client = client
        (folder / "smart-parking.conf").write_text(settings)
        program = folder / client
        program.write_text(f'#!/bin/sh\necho "$*" >>"{self._sent}"\n')
        program.chmod(0o755)
        self.environment = {
            "PATH": str(folder),
            "SMART_PARKING_CONF": str(folder / "smart-parking.conf"),
        }

    def hear(self, *messages: str) -> Path:
        """Create a mosquitto_sub that hears messages and ends; return what it is called with."""
        called, heard = self._sent.with_name("called"), self._sent.with_name("heard")
        heard.write_text("".join(f"{one}\n" for one in messages))
        program = self._sent.with_name("mosquitto_sub")
        program.write_text(f'#!/bin/sh\necho "$*" >"{called}"\n{which("cat")} "{heard}"\n')
        program.chmod(0o755)
        for name in ("mkfifo", "mktemp", "rm"):
            program.with_name(name).symlink_to(which(name))
        return called

    def call(self, *arguments: str, script: Path = SCRIPT, **more: str) -> int:
        """Call a script as a DHCP server does, and return how it ended."""
        command = ["/bin/sh", str(script), *arguments]
        environment = self.environment | more
        return subprocess.run(command, env=environment, check=False, capture_output=True).returncode

    def sent(self) -> str:
        """Return the one thing that has been sent, waiting for it."""
        ends = time.monotonic() + TIMEOUT_S
        while not (self._sent.exists() and self._sent.read_text().endswith("\n")):
            assert time.monotonic() < ends, "nothing is sent"
            time.sleep(0.01)
        before, after = CLIENTS[self._client].replace("HOOK", HOOK).split("BODY")
        (line,) = self._sent.read_text().splitlines()
        assert line.startswith(before)
        assert line.endswith(after)
        return line.removeprefix(before).removesuffix(after)


@pytest.fixture(name="settings")
def settings_fixture() -> str:
    """Return the owner's configuration."""
    return f"HOOK={HOOK}\n"


@pytest.fixture(name="client")
def client_fixture() -> str:
    """Return what it sends with."""
    return "curl"


@pytest.fixture(name="access_point")
def access_point_fixture(tmp_path: Path, client: str, settings: str) -> AccessPoint:
    """Prepare an access point."""
    return AccessPoint(tmp_path, client, settings)


@pytest.mark.parametrize(
    ("arguments", "event_type"),
    [
        (("add", PHONE, "10.77.0.50", "a-phone"), StationEvent.JOINED),
        (("old", PHONE, "10.77.0.50"), StationEvent.SEEN),
        (("del", PHONE, "10.77.0.50"), StationEvent.LEFT),
        (("add", f"06-{PHONE}", "10.77.0.50"), StationEvent.JOINED),
        (("wlan0", "AP-STA-CONNECTED", PHONE), StationEvent.JOINED),
        (("wlan0", "AP-STA-DISCONNECTED", PHONE), StationEvent.LEFT),
        (("joined", PHONE.upper()), StationEvent.JOINED),
    ],
    ids=" ".join,
)
def test_what_is_sent_is_understood(
    access_point: AccessPoint, arguments: tuple[str, ...], event_type: StationEvent
) -> None:
    assert access_point.call(*arguments) == 0
    report = read_report((), access_point.sent().encode())
    assert report.event_type is event_type
    assert report.address.hex(":") == PHONE


def test_ipv6_leases_are_told_by_hardware_address(access_point: AccessPoint) -> None:
    access_point.call("add", "00:01:00:01:2b:3c:4d:5e", "2001:db8::50", DNSMASQ_MAC=PHONE)
    assert access_point.sent() == f"type=add&station={PHONE}"


@pytest.mark.parametrize("client", CLIENTS)
def test_whatever_there_is_sends_it(access_point: AccessPoint) -> None:
    access_point.call("add", PHONE)
    assert access_point.sent() == f"type=add&station={PHONE}"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("tftp", "1024", "10.77.0.50", "/file"),
        ("wlan0", "AP-STA-POLL-OK", PHONE),
        ("add", "00:01:00:01:2b:3c:4d:5e", "2001:db8::50"),
        ("add", "$(reboot)", "10.77.0.50"),
        ("add", f"{PHONE[:-2]}&x", "10.77.0.50"),
        ("del",),
    ],
    ids=str,
)
def test_nothing_else_is_sent(access_point: AccessPoint, arguments: tuple[str, ...]) -> None:
    assert access_point.call(*arguments) == 0
    access_point.call("left", PHONE)
    assert access_point.sent() == f"type=left&station={PHONE}"


@pytest.mark.parametrize("settings", [f"HOOK={HOOK}\nINTERFACES='wlan0 wlan1'\n"])
def test_only_of_the_networks_that_are_the_car_parks(access_point: AccessPoint) -> None:
    access_point.call("eth0", "AP-STA-CONNECTED", PHONE)
    access_point.call("add", PHONE, DNSMASQ_INTERFACE="br-lan")
    access_point.call("wlan1", "AP-STA-DISCONNECTED", PHONE)
    assert access_point.sent() == f"type=AP-STA-DISCONNECTED&station={PHONE}"


@pytest.mark.parametrize("settings", [""])
def test_without_an_address_it_says_so(access_point: AccessPoint) -> None:
    assert access_point.call("joined", PHONE) == 1


@pytest.mark.parametrize(
    ("action", "told"), [("add", "joined"), ("remove", "left"), ("update", "seen")]
)
def test_openwrt_calls_it_through_its_own_script(
    access_point: AccessPoint, tmp_path: Path, action: str, told: str
) -> None:
    text = HOTPLUG.read_text()
    installed = "/usr/bin/smart-parking-station"
    assert f"{installed} joined" in text
    hotplug = tmp_path / "90-smart-parking"
    hotplug.write_text(text.replace(installed, str(SCRIPT)))
    access_point.call(script=hotplug, ACTION=action, MACADDR=PHONE)
    assert access_point.sent() == f"type={told}&station={PHONE}"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "message",
    [
        f'{{"type": "joined", "station": "{PHONE}"}}',
        f'[{{"event": "assoc", "mac": "{PHONE}"}}]',
        f"AP-STA-CONNECTED {PHONE}",
        f"type=joined&station={PHONE}",
    ],
)
def test_what_is_published_is_passed_on_as_it_is(access_point: AccessPoint, message: str) -> None:
    called = access_point.hear(message)
    assert access_point.call("-h", "broker.example", "-t", "wifi/stations", script=MQTT) == 1
    sent = access_point.sent()
    assert sent == message
    report = read_report((), sent.encode())
    assert (report.event_type, report.address.hex(":")) == (StationEvent.JOINED, PHONE)
    wanted = "-V 5 -D connect maximum-packet-size 4096 -R -h broker.example -t wifi/stations\n"
    assert called.read_text() == wanted


def test_nothing_else_that_is_published_is_passed_on(access_point: AccessPoint) -> None:
    message = f"left {PHONE}"
    access_point.hear("", "@/etc/passwd", " ", "-o/etc/passwd", '"', "\x1b[2J", "7", message)
    access_point.call(script=MQTT)
    assert access_point.sent() == message


@pytest.mark.parametrize("settings", [""])
def test_without_an_address_nothing_is_listened_to(
    access_point: AccessPoint, tmp_path: Path
) -> None:
    access_point.hear(f"joined {PHONE}")
    assert access_point.call(script=MQTT) == 1
    assert not (tmp_path / "sent").exists()


def test_the_scripts_are_plain_shell() -> None:
    for script in (SCRIPT, MQTT):
        assert os.access(script, os.X_OK)
    check = Path(sys.executable).with_name("shellcheck")
    subprocess.run([str(check), str(SCRIPT), str(HOTPLUG), str(MQTT)], check=True)
