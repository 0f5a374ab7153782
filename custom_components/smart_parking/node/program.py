"""The command line: `smart-parking-node run`, `selftest` and `install`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
import json
import logging
import os
from pathlib import Path
import signal
import socket
from subprocess import CalledProcessError
import sys
from threading import Event

from ..hcsr04.model import Sensor
from . import selftest
from .agent import Agent
from .hardware import GpioHardware, Hardware, SimulatedHardware
from .installer import UNIT, install
from .link import Broker, MqttLink
from .machine import Systemd, clock_ms, machine_id
from .messages import LINE_MAX
from .store import NodeStore
from .topics import is_name
from .wiring import RefusedError

PACKAGE = "smart-parking-node"
_ENV = "SMART_PARKING_"
_PORT, _TLS_PORT = 1883, 8883
_PORT_MAX = 65_535
# What the environment of a service is told of what was given to `install`.
_KEPT = (
    "broker",
    "name",
    "port",
    "user",
    "password",
    "tls",
    "ca_file",
    "cert_file",
    "key_file",
)


class UsageError(Exception):
    """Something that was given cannot be meant; the text says what."""


def _parser(env: Mapping[str, str]) -> ArgumentParser:
    """Return what reads the command line; the environment says what is not in it."""
    parser = ArgumentParser(
        prog=PACKAGE,
        description="Measures bays with ultrasonic sensors, and tells Home Assistant over MQTT.",
        epilog=f"Options may be environment variables, too: --broker is {_ENV}BROKER.",
    )
    parser.add_argument("--version", action="version", version=f"{PACKAGE} {_version()}")
    commands = parser.add_subparsers(dest="command", required=True)

    connecting = ArgumentParser(add_help=False)
    group = connecting.add_argument_group("broker")
    for name, about in {
        "broker": "host name or address of the MQTT broker",
        "name": "name of this node: small letters, digits, - and _ (default: that of the host)",
        "port": f"port of the broker (default: {_PORT}, with TLS {_TLS_PORT})",
        "user": "user at the broker",
        "password-file": f"file with the password; or set {_ENV}PASSWORD",
        "ca-file": "certificate of the authority that has signed the broker's; implies --tls",
        "cert-file": "own certificate",
        "key-file": "key of the own certificate",
    }.items():
        variable = name.replace("-", "_")
        group.add_argument(
            f"--{name}", metavar="…", help=about, default=env.get(_ENV + variable.upper())
        )
    group.add_argument(
        "--tls",
        action="store_true",
        default=env.get(f"{_ENV}TLS", "").lower() in ("1", "true", "yes", "on"),
        help="encrypt the connection, and verify the broker",
    )

    run = commands.add_parser(
        "run", parents=[connecting], help="measure, and speak with the broker"
    )
    run.add_argument(
        "--state-dir",
        type=Path,
        default=env.get("STATE_DIRECTORY"),
        metavar="…",
        help="folder in which to remember what was configured and learnt",
    )
    run.add_argument("--verbose", action="store_true", help="log each change that is seen of a bay")
    test = commands.add_parser("selftest", help="look at every sensor, and say how good it is")
    test.add_argument(
        "--pins",
        metavar="T:E,…",
        help="trigger and echo of each sensor, such as 4:5,6:7 (default: what was configured)",
    )
    test.add_argument("--chip", metavar="…", help="another GPIO chip than the header's")
    test.add_argument("--pings", type=int, default=selftest.PINGS, metavar="…", help="per sensor")
    test.add_argument("--output", type=Path, metavar="FILE", help="write the numbers as JSON")
    test.add_argument(
        "--state-dir",
        type=Path,
        default=env.get("STATE_DIRECTORY", f"/var/lib/{PACKAGE}"),
        metavar="…",
        help="folder in which `run` remembers",
    )
    for one in (run, test):
        one.add_argument("--simulate", action="store_true", help="no sensors: a simulated car park")
    commands.add_parser(
        "install", parents=[connecting], help="make this a service of systemd, and start it"
    )
    return parser


def _version() -> str:
    """Return the version of the package; of the sources there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "0.0.0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return how it ended."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    options = _parser(os.environ).parse_args(arguments)
    if getattr(options, "verbose", False):
        logging.getLogger().setLevel(logging.DEBUG)
    try:
        match options.command:
            case "run":
                return _run(options)
            case "selftest":
                return _selftest(options)
            case _:
                return _install(options)
    except (UsageError, OSError, CalledProcessError) as err:
        print(f"{PACKAGE}: {err}", file=sys.stderr)  # noqa: T201 - this is for who typed it
        return 2


def name_of(options: Namespace) -> str:
    """Return the node's name; raises `UsageError`."""
    name: str = options.name or socket.gethostname().partition(".")[0].lower()
    if not is_name(name):
        raise UsageError(
            f"{name!r} cannot be a node's name: up to 48 small letters, digits, - and _"
        )
    return name


def broker_of(options: Namespace, env: Mapping[str, str]) -> Broker:
    """Return where the broker is; raises `UsageError` and `OSError`."""
    if not options.broker:
        raise UsageError(f"no broker is named: --broker, or {_ENV}BROKER")
    tls = options.tls or bool(options.ca_file)
    port = str(options.port or (_TLS_PORT if tls else _PORT))
    if not port.isdecimal() or not 0 < int(port) <= _PORT_MAX:
        raise UsageError(f"{port!r} is no port")
    password = env.get(f"{_ENV}PASSWORD")
    if options.password_file:
        password = Path(options.password_file).read_text().strip()
    if bool(options.cert_file) is not bool(options.key_file):
        raise UsageError("--cert-file and --key-file go together")
    return Broker(
        host=options.broker,
        port=int(port),
        user=options.user or None,
        password=password,
        tls=tls,
        ca_file=_path(options.ca_file),
        cert_file=_path(options.cert_file),
        key_file=_path(options.key_file),
    )


def _path(text: str | None) -> Path | None:
    """Return a path, if one was given."""
    return Path(text) if text else None


def _hardware(options: Namespace) -> Hardware:
    """Return what is measured with."""
    return SimulatedHardware() if options.simulate else GpioHardware()


def _run(options: Namespace) -> int:
    """Measure until somebody ends it."""
    broker = broker_of(options, os.environ)
    agent = Agent(
        name_of(options),
        machine_id(),
        _hardware(options),
        NodeStore(options.state_dir),
        version=_version(),
        clock_ms=clock_ms,
        can_simulate=options.simulate,
    )
    link = MqttLink(broker, agent)
    stop, systemd = Event(), Systemd()

    def end(_signal: int, _frame: object) -> None:
        stop.set()
        agent.wake()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    link.open()
    systemd.notify("READY=1")
    try:
        agent.run(link, stop, systemd)
    finally:
        systemd.notify("STOPPING=1")
        link.close()
    return 0


def _selftest(options: Namespace) -> int:
    """Look at every sensor."""
    hardware = _hardware(options)
    config = None if options.pins else NodeStore(options.state_dir).load().config
    if options.pins:
        sensors = sensors_of(options.pins)
    elif config is not None:
        sensors = [
            Sensor(sensor_id=bay.label, trigger=bay.trigger, echo=bay.echo) for bay in config.bays
        ]
    else:
        raise UsageError("nothing has been configured yet: name the pins with --pins")
    chip = options.chip or (config.chip if config else None)
    try:
        lines = hardware.lines(sensors, chip)
    except RefusedError as err:
        words = ", ".join(f"{key}: {value}" for key, value in err.refusal.placeholders.items())
        raise UsageError(f"the sensors cannot be used ({err.refusal.error}; {words})") from err
    try:
        report = selftest.run(
            lines,
            sensors,
            model=hardware.model,
            chip=chip or "",
            pings=max(selftest.PINGS_MIN, options.pings),
            say=lambda line: print(line, flush=True),  # noqa: T201 - this is for who typed it
        )
    finally:
        lines.close()
    if options.output is not None:
        options.output.write_text(json.dumps(report.to_json(), indent=2) + "\n")
    return 0 if all(one.distance_m is not None for one in report.sensors) else 1


def sensors_of(pins: str) -> list[Sensor]:
    """Return the sensors that pins such as `4:5,6:7` describe; raises `UsageError`."""
    sensors: list[Sensor] = []
    for pair in pins.split(","):
        trigger, _, echo = pair.strip().partition(":")
        if not trigger.isdecimal() or not echo.isdecimal():
            raise UsageError(f"{pair!r} is no pair of pins such as 4:5")
        if max(int(trigger), int(echo)) > LINE_MAX or trigger == echo:
            raise UsageError(f"{pair!r} cannot be a trigger and an echo")
        sensors.append(Sensor(sensor_id=pair.strip(), trigger=int(trigger), echo=int(echo)))
    if len({one.echo for one in sensors}) < len(sensors):
        raise UsageError("an echo pin belongs to one sensor")
    return sensors


def _install(options: Namespace) -> int:
    """Make the program a service."""
    options.name = name_of(options)
    broker = broker_of(options, os.environ)
    given = {**vars(options), "password": broker.password, "tls": "1" if broker.tls else None}
    settings = {
        _ENV + name.upper(): str(given[name]) for name in _KEPT if given.get(name) is not None
    }
    unit = files(__package__.partition(".")[0]).joinpath(UNIT).read_text()
    install(settings, unit, Path(sys.argv[0]).absolute())
    print(f"{UNIT} is running; Home Assistant will find {options.name}")  # noqa: T201 - as above
    return 0
