"""The same in Python, std only: eight threads, a queue, http.client: python3 twin.py URL [URL ...]"""

import http.client
import queue
import sys
import threading
import time
from urllib.parse import urljoin, urlsplit


def get(url):
    parts = urlsplit(url)
    # 10 s to connect and 10 s for each read: http.client has no limit for the whole.
    site = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        query = f"?{parts.query}" if parts.query else ""
        site.request("GET", (parts.path or "/") + query)
        response = site.getresponse()
        return response, response.read()
    finally:
        site.close()


def fetch(url):
    for _ in range(11):
        response, body = get(url)
        # http.client follows no redirect by itself.
        if response.status not in (301, 302, 303, 307, 308):
            return response.status, body
        url = urljoin(url, response.headers["Location"])
    raise http.client.HTTPException("too many redirects")


def describe(url):
    try:
        status, body = fetch(url)
        row = f"{status} {len(body)} {url}"
        return row if 200 <= status < 300 else f"failed {url}: {status}"
    except (OSError, http.client.HTTPException) as error:
        return f"failed {url}: {error!r}"


# ANCHOR: construct
def work(jobs, rows):  # runs in each of the threads
    while True:
        try:
            index, url = jobs.get_nowait()
        except queue.Empty:
            return
        # the queue is free for the others meanwhile
        rows[index] = describe(url)


# ANCHOR_END: construct


def main(urls):
    start = time.perf_counter()
    jobs = queue.Queue()
    for job in enumerate(urls):
        jobs.put(job)
    rows = [None] * len(urls)
    threads = [threading.Thread(target=work, args=(jobs, rows)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*rows, sep="\n")
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


main(sys.argv[1:])
