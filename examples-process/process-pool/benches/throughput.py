"""The Python side of the bench: prints the seconds that one way to run the tasks takes.

Usage: python3 throughput.py ppe|pool TASKS WORKERS. The interpreter's own start is not counted.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool


def echo(number):
    return number


if __name__ == "__main__":
    way, tasks, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    if way == "ppe":
        with ProcessPoolExecutor(workers) as pool:
            futures = [pool.submit(echo, number) for number in range(tasks)]
            total = sum(future.result() for future in futures)
    else:
        with Pool(workers) as pool:
            total = sum(pool.map(echo, range(tasks), chunksize=64))
    seconds = time.perf_counter() - start
    assert total == tasks * (tasks - 1) // 2
    print(seconds)
