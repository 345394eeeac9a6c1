"""The two kernels in Python: python3 cpu.py sequential|threads|processes primes|table NUMBERS TASKS"""

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import report

table = [0] * 64  # what the tasks of the second kernel share
lock = threading.Lock()


def is_prime(number):
    if number < 2 or number % 2 == 0:
        return number == 2
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


def primes(bounds):
    return sum(is_prime(number) for number in range(*bounds))


def place(number):
    """As in ../src/cpu.rs. Python's numbers have no end: the mask cuts this one to 64 bits."""
    return (number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 58


def into_table(bounds):
    for number in range(*bounds):
        table[place(number)] += 1
    return 0


def into_locked_table(bounds):
    for number in range(*bounds):
        where = place(number)
        with lock:  # += reads, adds and writes: another thread can come between
            table[where] += 1
    return 0


def into_own_table(bounds):
    own = [0] * 64  # a process's memory is its own
    for number in range(*bounds):
        own[place(number)] += 1
    return own


def go_with_the_parent():
    """A worker's start: without this it would wait for tasks forever if its parent is killed."""

    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def processes(cores):
    return ProcessPoolExecutor(cores, initializer=go_with_the_parent)


def main():
    how, kernel = sys.argv[1:3]
    numbers, tasks = map(int, sys.argv[3:])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    executor, count = {
        "sequential": (None, into_table),
        "threads": (ThreadPoolExecutor, into_locked_table),
        "processes": (processes, into_own_table),
    }[how]
    count = primes if kernel == "primes" else count
    tally = report.Tally()
    bounds = [(task * numbers // tasks, (task + 1) * numbers // tasks) for task in range(tasks)]
    if executor is None:
        results = list(map(count, bounds))
    else:
        with executor(cores) as pool:
            results = list(pool.map(count, bounds))
    for _ in results:
        tally.arrived()
    if count is into_own_table:
        table[:] = map(sum, zip(*results))
        results = []
    weighed = sum(place * count for place, count in enumerate(table, 1))
    tally.tell(answer=sum(results) + weighed)


if __name__ == "__main__":
    main()
