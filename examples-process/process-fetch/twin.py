"""The same in Python, with a ProcessPoolExecutor and urllib: python3 twin.py URL [URL ...]"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from http.client import HTTPException
from urllib.request import urlopen


def fetch(url):
    try:
        # 10 s to connect and 10 s between two reads: urllib has no limit for the whole.
        with urlopen(url, timeout=10) as response:
            return f"{response.status} {len(response.read())} {url}"
    except (OSError, HTTPException) as error:
        return f"failed {url}: {error!r}"


def main(urls):
    start = time.perf_counter()
    with ProcessPoolExecutor(max_workers=8) as pool:
        # If one worker dies, this raises BrokenProcessPool, and all results that are left are lost.
        for row in pool.map(fetch, urls):
            print(row)
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
