"""An nginx before Home Assistant, set up as the documentation says."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import re
import socket
import subprocess
import time

from tests.repository.project import ROOT

TIMEOUT_S = 20.0
CONFIG = re.compile(r"```nginx\n(.+?)```", re.DOTALL)
UPSTREAM = re.compile(r"server 192\.168\.1\.10:8123;")
TLS = re.compile(r"listen 443 ssl;|ssl_certificate\S* .+")


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def configuration(folder: Path, host: str, home_port: int, port: int) -> str:
    """Return what is to be written for nginx: the documentation's, here and without TLS."""
    text = (ROOT / "docs" / "scaling.md").read_text()
    (documented,) = CONFIG.findall(text)
    here = UPSTREAM.sub(f"server {host}:{home_port};", documented)
    here = here.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};", 1)
    here = TLS.sub("", here).replace("/var/cache/nginx", str(folder))
    kept = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    who = "user root;" if os.getuid() == 0 else ""
    return (
        f"{who} daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        "worker_rlimit_nofile 20000;\nevents { worker_connections 19000; }\n"
        f"http {{ access_log off;\n{kept}\n{here}\n}}\n"
    )


def wait_for(port: int) -> None:
    """Wait until a port is open."""
    ends = time.monotonic() + TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            assert time.monotonic() < ends
            time.sleep(0.02)
        else:
            return


@contextmanager
def running(folder: Path, host: str, home_port: int) -> Iterator[tuple[int, int]]:
    """Run nginx; give its port, and the id of its process."""
    port, config = free_port(), folder / "nginx.conf"
    config.write_text(configuration(folder, host, home_port, port))
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(config)])
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)
