"""Strangers who mean harm, each at an address of their own.

usage: python -m benchmarks.siege.strangers PORT BASE

They open pages and stay there, begin requests and forms that they do not end, and ask for the page
as fast as they can. It prints a line when all are at work, and goes on until its standard
input is closed.
"""

import asyncio
from contextlib import suppress
import resource
import sys

IDLE = 2_000
"""Pages that are open, four of each address."""
SLOW_HEADS = 500
SLOW_FORMS = 200
"""Begun again when they are ended."""
FLOODERS = 16
AT_ONCE = 50


def address(number: int) -> str:
    """Return one of the addresses of this machine."""
    return f"127.1.{number // 250}.{1 + number % 250}"


async def hang_on(port: int, number: int, request: str) -> None:
    """Ask for something, take what is answered, and stay as long as one is let."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(address(number), 0)
        )
        try:
            writer.write(request.encode())
            while await reader.read(65_536):
                pass
        finally:
            writer.close()


async def again_and_again(port: int, number: int, request: str) -> None:
    """Hang on, and begin anew as soon as that is over."""
    while True:
        await hang_on(port, number, request)


async def besiege(port: int, base: str) -> None:
    """Run until stopped."""
    head = "HTTP/1.1\r\nHost: lot\r\n"
    form = (
        f"POST {base}act {head}Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 900\r\n\r\ndo=gui"
    )
    page = f"GET {base} {head}Connection: close\r\n\r\n"
    persistent = [f"GET {base} HTTP/1.1"] * SLOW_HEADS + [form] * SLOW_FORMS + [page] * FLOODERS
    work = [
        asyncio.create_task(again_and_again(port, IDLE + number, request))
        for number, request in enumerate(persistent)
    ]
    for one in range(IDLE):
        request = f"GET {base}stream {head}\r\n"
        work.append(asyncio.create_task(hang_on(port, one // 4, request)))
        if one % AT_ONCE == 0:
            await asyncio.sleep(0.05)
    print("at work", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(besiege(int(sys.argv[1]), sys.argv[2]))
