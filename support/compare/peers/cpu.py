"""Counts primes in Python: python3 cpu.py sequential|threads|processes NUMBERS TASKS"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import word


def is_prime(number):
    if number < 2 or number % 2 == 0:
        return number == 2
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


def count(bounds):
    return sum(is_prime(number) for number in range(*bounds))


def main():
    how, numbers, tasks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    tally = word.Tally()
    bounds = [(task * numbers // tasks, (task + 1) * numbers // tasks) for task in range(tasks)]
    if how == "sequential":
        counts = list(map(count, bounds))
    else:
        executor = {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}[how]
        with executor(cores) as pool:
            counts = list(pool.map(count, bounds))
    for _ in counts:
        tally.arrived()
    tally.tell(answer=sum(counts))


if __name__ == "__main__":
    main()
