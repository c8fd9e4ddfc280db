"""The load (压测客户端): raw sockets and one `select` loop, so that the client costs little of the two cores it shares.

A process of its own: `python -m gonghui.booking.bench.load` reads one JSON document (host, port, connections, requests) and
prints one: seconds, statuses, milliseconds by rank, the answers asked for. It imports nothing of the project but this file.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Any

HEAD_END = b"\r\n\r\n"


def request(path: str, headers: dict[str, str], body: bytes, method: str = "POST") -> bytes:
    """The bytes of one request on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + HEAD_END + body


class Line:
    """One connection: what it sent, since when, what came back."""

    __slots__ = ("began", "buffer", "number", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.buffer, self.number, self.began = sock, b"", -1, 0.0


def whole(buffer: bytes) -> tuple[int, bytes] | None:
    """Status and body once the answer is complete."""
    end = buffer.find(HEAD_END)
    if end < 0:
        return None
    head = buffer[:end]
    if not head.startswith(b"HTTP/1.1 "):
        raise ValueError(f"no answer of HTTP: {buffer[:300]!r}")
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(buffer) < end + 4 + length:
        return None
    return int(head[9:12]), buffer[end + 4 : end + 4 + length]


def drive(host: str, port: int, connections: int, requests: list[bytes], *, again: bool = False, patience: float = 120.0) -> dict[str, Any]:
    """Send all requests over so many connections, one after the other on each. `again` sends a lost or 503 request once more."""
    poll, todo, done = selectors.DefaultSelector(), iter(range(len(requests))), 0
    spent, statuses, bodies = [0.0] * len(requests), Counter[str](), [b""] * len(requests)
    retries: list[int] = []
    start = time.perf_counter()

    def following() -> int | None:
        return retries.pop() if retries else next(todo, None)

    def send(line: Line) -> bool:
        number = following()
        if number is None:
            return False
        line.number, line.began, line.buffer = number, time.perf_counter(), b""
        with suppress(OSError):  # a connection that was cut off is seen at the next read
            line.sock.sendall(requests[number])
        return True

    def open_line() -> None:
        sock = socket.create_connection((host, port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(sock)
        poll.register(sock, selectors.EVENT_READ, line)
        if not send(line):
            close(line)

    def close(line: Line) -> None:
        poll.unregister(line.sock)
        line.sock.close()

    for _ in range(min(connections, len(requests))):
        _reopen(open_line)
    while done < len(requests) and time.perf_counter() - start < patience:
        for key, _events in poll.select(1.0):
            line: Line = key.data
            try:
                got = line.sock.recv(65536)
            except OSError:
                got = b""
            if not got:
                close(line)
                statuses["lost"] += 1
                if again:
                    retries.append(line.number)
                else:
                    done += 1
                _reopen(open_line)
                continue
            line.buffer += got
            answer = whole(line.buffer)
            if answer is None:
                continue
            status, body = answer
            if again and status == 503:
                retries.append(line.number)
                statuses["503 again"] += 1
            else:
                spent[line.number] = time.perf_counter() - line.began
                statuses[str(status)] += 1
                bodies[line.number] = body
                done += 1
            if not send(line):
                close(line)
    seconds = time.perf_counter() - start
    ranked = sorted(spent)
    marks = {f"p{p}": round(ranked[min(len(ranked) - 1, len(ranked) * p // 100)] * 1000, 2) for p in (50, 95, 99)} if ranked else {}
    return {
        "seconds": seconds,
        "done": done,
        "statuses": dict(statuses),
        "ms": {**marks, "max": round(ranked[-1] * 1000, 2) if ranked else 0},
        "bodies": bodies,
    }


def _reopen(open_line: Any) -> None:
    """A killed worker comes back within a moment."""
    for _ in range(100):
        try:
            open_line()
        except OSError:
            time.sleep(0.05)
        else:
            return


def main() -> None:
    """Read the order from stdin, print the result."""
    asked = json.load(sys.stdin)
    ready = [
        request(asked["path"], {**asked["headers"], **({"X-Booking-Pass": p} if p else {})}, b.encode(), asked.get("method", "POST"))
        for p, b in asked["requests"]
    ]
    found = drive(asked["host"], asked["port"], asked["connections"], ready, again=asked.get("again", False))
    codes = Counter[str]()
    places: list[str] = []
    for body in found.pop("bodies"):
        data = json.loads(body) if body[:1] == b"{" else {}
        codes[str(data.get("code", ""))] += 1
        if data.get("booking"):
            places.append(str(data["booking"]))
    sys.stdout.write(json.dumps({**found, "codes": dict(codes), "places": places}))


if __name__ == "__main__":
    main()
