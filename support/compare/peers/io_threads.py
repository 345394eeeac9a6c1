"""threading and requests: a thread and a connection for each URL, at most N at once.

python3 io_threads.py ORIGIN PAGES CONCURRENCY DELAY SIZE
"""

import sys
import threading

import requests

import report

urls, concurrency = report.urls(sys.argv[1:])
room = threading.Semaphore(concurrency)


def fetch(url):
    try:
        response = requests.get(url, timeout=60)
        response.raise_for_status()
        tally.arrived()
    except (requests.RequestException, OSError) as error:
        tally.failed(error)
    finally:
        room.release()


tally = report.Tally()
threads = []
for url in urls:
    room.acquire()
    thread = threading.Thread(target=fetch, args=(url,))
    thread.start()
    threads.append(thread)
for thread in threads:
    thread.join()
tally.tell()
