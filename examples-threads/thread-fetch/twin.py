"""The same in Python, with threading and requests, one thread per URL: python3 twin.py URL [URL ...]"""

import sys
import threading
import time

import requests


def fetch(url, rows, index):
    try:
        # 10 s to connect and 10 s between two reads: requests has no limit for the whole.
        response = requests.get(url, timeout=10)
        response.raise_for_status()
        rows[index] = f"{response.status_code} {len(response.content)} {url}"
    except requests.RequestException as error:
        rows[index] = f"failed {url}: {error!r}"


def main(urls):
    start = time.perf_counter()
    # ANCHOR: construct
    rows = [None] * len(urls)
    threads = [
        threading.Thread(
            target=fetch, args=(url, rows, index)
        )
        for index, url in enumerate(urls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # ANCHOR_END: construct
    print(*rows, sep="\n")
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


main(sys.argv[1:])
