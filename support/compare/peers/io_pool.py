"""ThreadPoolExecutor and requests: N threads, each with a session of its own, which keeps its connection.

python3 io_pool.py ORIGIN PAGES CONCURRENCY DELAY SIZE
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

import report

urls, concurrency = report.urls(sys.argv[1:])
own = threading.local()  # a Session is not said to be safe for several threads


def fetch(url):
    try:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        response = own.session.get(url, timeout=60)
        response.raise_for_status()
        tally.arrived()
    except (requests.RequestException, OSError) as error:
        tally.failed(error)


tally = report.Tally()
with ThreadPoolExecutor(concurrency) as pool:
    for url in urls:
        pool.submit(fetch, url)
tally.tell()
