"""What is under asyncio: sockets that do not block, and a selector. python3 twin.py URL [URL ...]"""

import selectors
import socket
import sys
import time
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from urllib.parse import urljoin, urlsplit

selector = selectors.DefaultSelector()  # epoll, kqueue, or what else the system has


class Answer(BytesIO):
    """All bytes of an answer, as http.client wants them."""

    def makefile(self, _):
        return self


# A generator waits for a socket by yielding it: `await` began as this, `yield from`.
def get(url):
    parts = urlsplit(url)
    connection = socket.socket()
    try:
        connection.setblocking(False)
        connection.connect_ex((parts.hostname, parts.port or 80))
        yield connection, selectors.EVENT_WRITE
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
        connection.send(request.encode())  # it is small: the system takes it whole
        received = b""
        while True:
            yield connection, selectors.EVENT_READ
            try:
                piece = connection.recv(65536)
            except BlockingIOError:  # EAGAIN, "Resource temporarily unavailable": not ready after all
                continue
            if not piece:
                break
            received += piece
    finally:
        connection.close()
    response = HTTPResponse(Answer(received))
    response.begin()
    return response, response.read()


def fetch(url):
    start = url
    for _ in range(11):
        response, body = yield from get(url)
        if 200 <= response.status < 300:
            return f"{response.status} {len(body)} {start}"
        if response.status not in (301, 302, 303, 307, 308):
            raise HTTPException(f"HTTP status {response.status}")
        url = urljoin(url, response.headers["Location"])
    raise HTTPException("too many redirects")


def step(task, index, urls, rows):
    """Lets a task run until it has to wait, and registers what for."""
    try:
        connection, events = next(task)
        selector.register(connection, events, (task, index))
    except StopIteration as done:
        rows[index] = done.value
    except (OSError, HTTPException) as error:
        rows[index] = f"failed {urls[index]}: {error!r}"


def main(urls):
    start = time.perf_counter()
    rows = [None] * len(urls)
    for index, url in enumerate(urls):
        step(fetch(url), index, urls, rows)
    # ANCHOR: construct
    while selector.get_map():
        # parks until a socket is ready
        for key, _ in selector.select():
            # an event comes until it is unregistered
            selector.unregister(key.fileobj)
            # `data` is what was registered: the task
            task, index = key.data
            step(task, index, urls, rows)
    # ANCHOR_END: construct
    print(*rows, sep="\n")
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


main(sys.argv[1:])
