"""The same in Python, with a ProcessPoolExecutor and urllib: python3 twin.py URL [URL ...]"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from http.client import HTTPException
from urllib.request import urlopen


# ANCHOR: construct
def fetch(url):  # runs in a worker process
    try:
        # per read: urllib has no limit for the whole
        with urlopen(url, timeout=10) as response:
            size = len(response.read())
            return f"{response.status} {size} {url}"
    except (OSError, HTTPException) as error:
        return f"failed {url}: {error!r}"


def fetch_all(urls):
    with ProcessPoolExecutor(max_workers=8) as pool:
        # a worker that dies breaks the whole pool
        yield from pool.map(fetch, urls)
# ANCHOR_END: construct


def main(urls):
    start = time.perf_counter()
    for row in fetch_all(urls):
        print(row)
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
