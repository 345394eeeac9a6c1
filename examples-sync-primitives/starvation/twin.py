"""The same in Python: a lock with priority and patience, of a Lock and a Condition for each."""

import threading
import time

ROUNDS = 50
LOW, MEDIUM, HIGH = 1, 5, 9
NO_LIMIT = float("inf")


class PriorityLock:
    def __init__(self, patience):
        self.mutex = threading.Lock()
        self.taken = False
        self.line = []  # [priority, times overtaken, condition], in the order in which they came
        self.patience = patience

    def acquire(self, priority):
        with self.mutex:
            if not self.taken:
                self.taken = True
                return
            me = [priority, 0, threading.Condition(self.mutex)]
            self.line.append(me)
            while any(waiter is me for waiter in self.line):
                me[2].wait()

    def release(self):
        with self.mutex:
            if not self.line:
                self.taken = False
                return
            at = 0
            if self.line[0][1] < self.patience:
                at = max(range(len(self.line)), key=lambda at: self.line[at][0])
            for passed in self.line[:at]:
                passed[1] += 1
            self.line.pop(at)[2].notify()

    def waiting(self):
        with self.mutex:
            return len(self.line)


def until(fact):
    while not fact():
        time.sleep(0)


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


print(f"A low one waits, 2 high ones take {2 * ROUNDS} turns.")
print(f"  patience 0, overtaken:      {overtaken(0)}")
print(f"  patience 3, overtaken:      {overtaken(3)}")
print(f"  no limit, overtaken:        {overtaken(NO_LIMIT)}")
print("A low one holds what a high one waits for.")
print(f"  runs as a low one:          {inversion(LOW)}")
print(f"  runs as a high one:         {inversion(HIGH)}")
