"""The command line, the service, and what systemd is told."""

from argparse import Namespace
from collections.abc import Sequence
import json
from pathlib import Path
import socket
import tomllib

import pytest

from custom_components.smart_parking.node import machine, program
from custom_components.smart_parking.node.hardware import SimulatedHardware
from custom_components.smart_parking.node.installer import install, quoted
from custom_components.smart_parking.node.machine import Systemd
from custom_components.smart_parking.node.store import NodeMemory, NodeStore
from custom_components.smart_parking.node.wiring import RefusedError
from custom_components.smart_parking.sources.gpio import REQUIREMENTS
from tests.node.conftest import config_of
from tests.node.package import ROOT, SOURCE, build, run

UNIT = (SOURCE / "smart-parking-node.service").read_text()


def test_it_runs_where_there_is_no_home_assistant(tmp_path: Path) -> None:
    package = build(tmp_path)
    done = run(package, "--help")
    assert done.returncode == 0, done.stderr
    assert "selftest" in done.stdout
    output = tmp_path / "report.json"
    done = run(
        package, "selftest", "--simulate", "--pins=4:5,6:7", "--pings=20", f"--output={output}"
    )
    assert done.returncode == 0, done.stderr
    assert "4:5 (trigger 4, echo 5): 2." in done.stdout
    assert len(json.loads(output.read_text())["sensors"]) == 2
    done = run(package, "run")
    assert done.returncode == 2
    assert "no broker is named" in done.stderr


def test_the_package_is_the_integrations() -> None:
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
    manifest = json.loads((ROOT / "custom_components/smart_parking/manifest.json").read_text())
    assert project["version"] == manifest["version"]
    assert set(REQUIREMENTS) <= set(project["dependencies"])
    assert project["scripts"] == {"smart-parking-node": "smart_parking_node.node.program:main"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--broker=b", "--name=Not One"], "cannot be a node's name"),
        (["run", "--broker=b", "--port=x"], "is no port"),
        (["run", "--broker=b", "--port=70000"], "is no port"),
        (["run", "--broker=b", "--cert-file=c"], "go together"),
        (["run", "--broker=b", "--ca-file=/none"], "No such file"),
        (["run", "--broker=b", "--password-file=/none"], "No such file"),
        (["selftest", "--simulate", "--pins=4"], "is no pair"),
        (["selftest", "--simulate", "--pins=4:4"], "cannot be a trigger"),
        (["selftest", "--simulate", "--pins=4:5,6:5"], "belongs to one sensor"),
        (["selftest", "--simulate", "--state-dir=/none"], "nothing has been configured"),
        (["install"], "no broker is named"),
    ],
)
def test_what_cannot_be_meant_is_said(
    arguments: Sequence[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "garage-2.local")
    assert program.main(arguments) == 2
    assert words in capsys.readouterr().err


def test_the_selftest_takes_what_was_configured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    NodeStore(tmp_path).save(NodeMemory(config_of()))
    asked = ["selftest", "--simulate", f"--state-dir={tmp_path}", "--pings=1"]
    assert program.main(asked) == 0
    assert "A2 (trigger 6, echo 7): 2." in capsys.readouterr().out


def test_the_selftest_of_lines_that_cannot_be_had(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hardware = SimulatedHardware()
    monkeypatch.setattr(program, "SimulatedHardware", lambda: hardware)

    def refuse(*_args: object) -> None:
        raise RefusedError("pin_busy", {"line": "5"})

    monkeypatch.setattr(hardware, "lines", refuse)
    assert program.main(["selftest", "--simulate", "--pins=4:5"]) == 2
    assert "pin_busy; line: 5" in capsys.readouterr().err


def options(**more: object) -> Namespace:
    """Return what the command line says."""
    names = ("broker", "port", "user", "password_file", "ca_file", "cert_file", "key_file")
    return Namespace(**{**dict.fromkeys(names), "tls": False, **more})


def test_where_the_broker_is(tmp_path: Path) -> None:
    broker = program.broker_of(options(broker="b"), {})
    assert (broker.host, broker.port, broker.tls, broker.user) == ("b", 1883, False, None)
    (tmp_path / "password").write_text("secret\n")
    broker = program.broker_of(
        options(broker="b", tls=True, user="u", password_file=tmp_path / "password"), {}
    )
    assert (broker.port, broker.user, broker.password) == (8883, "u", "secret")
    broker = program.broker_of(
        options(broker="b", port="99", ca_file="ca.crt"), {"SMART_PARKING_PASSWORD": "p"}
    )
    assert (broker.port, broker.tls, broker.password) == (99, True, "p")


def test_the_service_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[str] = []
    monkeypatch.setenv("SMART_PARKING_PASSWORD", 'a "b" $c')
    monkeypatch.setattr(
        program,
        "install",
        lambda settings, unit, path: install(
            settings, unit, path, root=tmp_path, run=lambda one: commands.append(" ".join(one))
        ),
    )

    class Files:
        """The wheel has the unit beside its modules."""

        def joinpath(self, name: str) -> Path:
            """Return a file."""
            return SOURCE / name

    monkeypatch.setattr(program, "files", lambda _package: Files())
    monkeypatch.setattr("sys.argv", ["/opt/bin/smart-parking-node"])
    asked = ["install", "--broker=b", "--name=garage-2", "--user=garage-2", "--tls"]
    assert program.main(asked) == 0
    settings = tmp_path / "etc/smart-parking-node.env"
    assert settings.stat().st_mode & 0o777 == 0o600
    assert settings.read_text().splitlines() == [
        'SMART_PARKING_BROKER="b"',
        'SMART_PARKING_NAME="garage-2"',
        'SMART_PARKING_USER="garage-2"',
        'SMART_PARKING_PASSWORD="a \\"b\\" \\$c"',
        'SMART_PARKING_TLS="1"',
    ]
    unit = (tmp_path / "etc/systemd/system/smart-parking-node.service").read_text()
    assert "ExecStart=/opt/bin/smart-parking-node run" in unit
    assert commands[-1] == "systemctl restart smart-parking-node.service"
    assert "Home Assistant will find garage-2" in capsys.readouterr().out
    assert quoted("\\") == '"\\\\"'


def test_the_unit_is_careful() -> None:
    said = dict(line.split("=", 1) for line in UNIT.splitlines() if "=" in line and line[0] != "#")
    assert said["Restart"] == "always"
    assert int(said["WatchdogSec"]) >= 30
    assert said["DynamicUser"] == "yes"
    assert said["SupplementaryGroups"] == "gpio"
    assert said["CapabilityBoundingSet"] == ""
    assert said["DeviceAllow"] == "char-gpiochip rw"


def test_systemd_is_told_that_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Systemd().notify("READY=1")
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")
        systemd = Systemd()
        systemd.notify("READY=1")
        systemd.alive()
        systemd.alive()
        systemd.notify("STOPPING=1")
        assert [heard.recv(99) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    path.unlink()
    systemd.notify("nobody listens")
    monkeypatch.setenv("NOTIFY_SOCKET", "@abstract-and-absent")
    Systemd().notify("nobody listens")


def test_which_machine_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_MACHINE_ID", tmp_path / "id")
    of_host = machine.machine_id()
    (tmp_path / "id").write_text("0123456789\n")
    assert machine.machine_id() != of_host
    assert "0123456789" not in machine.machine_id()
    assert machine.machine_id() == machine.machine_id()


@pytest.mark.parametrize(("state", "is_right"), [(0, True), (5, False), (-1, False)])
def test_whether_the_clock_is_right(
    monkeypatch: pytest.MonkeyPatch, state: int, is_right: bool
) -> None:
    class Kernel:
        """What the kernel says of its clock."""

        def __init__(self, _name: None) -> None:
            """Be there."""

        def adjtimex(self, _timex: object) -> int:
            """Return the state of the clock."""
            return state

    monkeypatch.setattr("ctypes.CDLL", Kernel)
    assert (machine.clock_ms() is not None) is is_right
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    assert machine.clock_ms() is None
