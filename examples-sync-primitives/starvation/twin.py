"""The same in Python: a lock with priority and patience, from a Lock and one Condition per thread."""

import threading
import time

ROUNDS = 50
LOW, MEDIUM, HIGH = 1, 5, 9
NO_LIMIT = float("inf")


class PriorityLock:
    def __init__(self, patience):
        self.mutex = threading.Lock()
        self.taken = False
        self.queue = []  # [priority, times overtaken, condition], in the order of arrival
        self.patience = patience

    def acquire(self, priority):
        with self.mutex:
            if not self.taken:
                self.taken = True
                return
            me = [priority, 0, threading.Condition(self.mutex)]
            self.queue.append(me)
            while any(waiter is me for waiter in self.queue):
                me[2].wait()

    def release(self):
        with self.mutex:
            if not self.queue:
                self.taken = False
                return
            at = 0
            if self.queue[0][1] < self.patience:
                at = max(range(len(self.queue)), key=lambda at: self.queue[at][0])
            for passed in self.queue[:at]:
                passed[1] += 1
            self.queue.pop(at)[2].notify()

    def waiting(self):
        with self.mutex:
            return len(self.queue)


# ANCHOR: construct
printer = PriorityLock(patience=10)
pages = []


def print_page(page, priority):
    printer.acquire(priority)
    try:
        pages.append(page)
    finally:
        printer.release()
# ANCHOR_END: construct


def until(fact):
    while not fact():
        time.sleep(0.0001)  # not 0, which keeps a core busy: slow on a loaded machine


def start(work, *args):
    thread = threading.Thread(target=work, args=args)
    thread.start()
    return thread


def overtaken(patience):
    lock = PriorityLock(patience)
    high = 0
    before_low = None

    def low_ones_turn():
        nonlocal before_low
        lock.acquire(LOW)
        before_low = high
        lock.release()

    def high_ones_turns():
        nonlocal high
        for _ in range(ROUNDS):
            lock.acquire(HIGH)
            high += 1
            others = (before_low is None) + (high < 2 * ROUNDS)
            until(lambda: lock.waiting() == others)
            lock.release()

    lock.acquire(HIGH)
    threads = []
    for work in low_ones_turn, high_ones_turns, high_ones_turns:
        threads.append(start(work))
        until(lambda: lock.waiting() == len(threads))
    lock.release()
    for thread in threads:
        thread.join()
    return before_low


def inversion(priority_of_the_low_one):
    processor = PriorityLock(NO_LIMIT)
    printer = threading.Lock()
    turns = []

    def low():
        with printer:
            processor.acquire(priority_of_the_low_one)
            turns.append("low")
        mediums_wait = 3 - len(turns)
        until(lambda: processor.waiting() == mediums_wait + 1)
        processor.release()

    def medium():
        processor.acquire(MEDIUM)
        turns.append("medium")
        processor.release()

    def high():
        with printer:
            processor.acquire(HIGH)
            turns.append("high")
            processor.release()

    processor.acquire(HIGH)
    threads = []
    for work in low, medium, medium:
        threads.append(start(work))
        until(lambda: processor.waiting() == len(threads))
    threads.append(start(high))
    processor.release()
    for thread in threads:
        thread.join()
    return ", ".join(turns)


print(f"1 low-priority thread waits, 2 high-priority threads take the lock {2 * ROUNDS} times.")
print(f"  patience 0:  it is overtaken {overtaken(0)} times")
print(f"  patience 3:  it is overtaken {overtaken(3)} times")
print(f"  no limit:    it is overtaken {overtaken(NO_LIMIT)} times")
print("A low-priority thread holds a lock that a high-priority one needs. Which runs first?")
print(f"  with its own priority:        {inversion(LOW)}")
print(f"  with the high priority, lent: {inversion(HIGH)}")
print_page(1, LOW)
assert pages == [1]
