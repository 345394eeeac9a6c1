"""The same in Python, with a thread pool and a session for each of its threads: python3 twin_pool.py URL [URL ...]"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

local = threading.local()


def open_session():
    # A session keeps its connections open. One for each thread, as requests does not promise that
    # threads may share one.
    local.session = requests.Session()


def fetch(url):
    try:
        # 10 s to connect and 10 s between two reads: requests has no limit for the whole.
        response = local.session.get(url, timeout=10)
        response.raise_for_status()
        return f"{response.status_code} {len(response.content)} {url}"
    except requests.RequestException as error:
        return f"failed {url}: {error!r}"


# ANCHOR: construct
def fetch_all(urls):
    with ThreadPoolExecutor(
        max_workers=8, initializer=open_session
    ) as pool:
        # `map` returns the results in order
        rows = list(pool.map(fetch, urls))
    # the end of `with` waits for the threads
    return rows
# ANCHOR_END: construct


def main(urls):
    start = time.perf_counter()
    rows = fetch_all(urls)
    print(*rows, sep="\n")
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


main(sys.argv[1:])
