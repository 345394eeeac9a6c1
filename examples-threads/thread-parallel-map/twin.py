"""The same map in Python: with threads, which take turns under the GIL, and with processes."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import chain

NUMBERS = 100_000
CHUNK = 2_000


def collatz_steps(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def checked(number):
    if number == 27:
        raise ValueError(f"no steps for {number}")
    return collatz_steps(number)


def steps_of_chunk(chunk):
    return [collatz_steps(number) for number in chunk]


# ANCHOR: construct
def steps_of_all(numbers):
    with ProcessPoolExecutor() as pool:
        return list(pool.map(
            collatz_steps, numbers, chunksize=2_000
        ))
# ANCHOR_END: construct


def timed(work):
    start = time.perf_counter()
    return work(), time.perf_counter() - start


if __name__ == "__main__":  # the processes import this file
    numbers = range(1, NUMBERS + 1)
    chunks = [numbers[start : start + CHUNK] for start in range(0, NUMBERS, CHUNK)]
    expected, alone = timed(lambda: list(map(collatz_steps, numbers)))
    print(f"{NUMBERS} numbers, {sum(expected)} steps in all.")
    print(f"  one after another:  {alone * 1e3:.1f} ms")

    for name, executor in [("threads:", ThreadPoolExecutor), ("processes:", ProcessPoolExecutor)]:
        with executor() as pool:
            # In chunks, because a call costs far more than a number. Processes get theirs pickled.
            done, took = timed(lambda: list(pool.map(steps_of_chunk, chunks)))
        results = list(chain.from_iterable(done))
        same = "the same" if results == expected else "other"
        print(
            f"  {name:<18}  {took * 1e3:.1f} ms, {alone / took:.1f} × the speed,"
            f" {same} results in the same order"
        )

    same = "the same" if steps_of_all(numbers) == expected else "other"
    print(f"  pool.map, chunked:  {same} results in the same order")

    with ProcessPoolExecutor() as pool:
        try:
            list(pool.map(checked, range(1, 101)))
        except ValueError as error:
            print(f'  map raises:              "{error}"')
