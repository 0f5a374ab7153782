"""Two machines and a wire between them, made of network namespaces: a router and a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import socket
import subprocess
import sys
import threading

ROUTER = "10.77.0.1"
ROUTER_PORT, PHONE_PORT = "wlan0", "phone0"


def what_is_missing() -> str | None:
    """Return why there can be no wires, or None."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux, and root"
    for program, package in (("ip", "iproute2"), ("dnsmasq", "dnsmasq-base"), ("curl", "curl")):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: {package})"
    tried = subprocess.run(
        ["unshare", "--net", "true"], capture_output=True, text=True, check=False
    )
    return f"no network namespace: {tried.stderr.strip()}" if tried.returncode else None


def run(*command: str) -> str:
    """Run a command and return what it says."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with a network of its own."""

    name: str

    def command(self, *command: str) -> list[str]:
        """Return what runs a command on it."""
        return ["ip", "netns", "exec", self.name, *command]

    def run(self, *command: str) -> str:
        """Run a command on it and return what it says."""
        return run(*self.command(*command))

    def listen(self, host: str, port: int) -> socket.socket:
        """Return a socket of ours that listens on its network."""
        made: list[socket.socket] = []

        def make() -> None:
            # Only this thread moves over; the socket stays there when the thread ends.
            with Path(f"/run/netns/{self.name}").open("rb") as file:
                os.setns(file.fileno(), os.CLONE_NEWNET)
            made.append(socket.create_server((host, port)))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]


@contextmanager
def wired() -> Iterator[tuple[Machine, Machine]]:
    """Give a router that has an address, and a phone that has none yet."""
    router, phone = (Machine(f"parking-{name}-{os.getpid()}") for name in ("router", "phone"))
    try:
        for machine in (router, phone):
            run("ip", "netns", "add", machine.name)
            machine.run("ip", "link", "set", "lo", "up")
        ends = ("type", "veth", "peer", "name", PHONE_PORT, "netns", phone.name)
        router.run("ip", "link", "add", ROUTER_PORT, *ends)
        router.run("ip", "address", "add", f"{ROUTER}/24", "dev", ROUTER_PORT)
        router.run("ip", "link", "set", ROUTER_PORT, "up")
        phone.run("ip", "link", "set", PHONE_PORT, "up")
        yield router, phone
    finally:
        for machine in (router, phone):
            subprocess.run(["ip", "netns", "del", machine.name], check=False, timeout=30)
