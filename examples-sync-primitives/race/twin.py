"""The same in Python: the GIL makes each step atomic, but not two steps together."""

import itertools
import os
import tempfile
import threading


# ANCHOR: construct
balance = 100
lock = threading.Lock()


def spend_from_balance(amount):
    global balance
    with lock:  # one lock for both steps
        enough = balance >= amount
        if enough:
            balance -= amount
        return enough
# ANCHOR_END: construct


def check_then_act(check, act):
    both_have_checked = threading.Barrier(2)  # without it, this happens now and then

    def work():
        seen = check()
        both_have_checked.wait()
        return act(seen)

    return in_one_step(work)


def in_one_step(step):
    results = []
    threads = [threading.Thread(target=lambda: results.append(step())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def how_many(acted):
    return ["none did", "one did", "both did"][acted.count(True)]


def row(what, value):
    print(f"  {what:<24} {value}")


class Number:
    value = 0


def add():
    print("2 threads each add 1 to a number that begins at 0.")
    number, met = Number(), threading.Barrier(2)

    def one():
        met.wait()
        return 1

    def plus():
        number.value += one()  # reads the value, calls one, writes the sum: others may run between

    in_one_step(plus)
    row("read, then write:", f"{number.value}, and one addition is lost")

    number, lock = Number(), threading.Lock()

    def check():
        with lock:
            return number.value

    def act(seen):
        with lock:
            number.value = seen + 1

    check_then_act(check, act)
    row("a lock for each half:", f"{number.value}, and one addition is lost")

    tickets = itertools.count()  # next() is one step in CPython; the language does not promise it
    in_one_step(lambda: next(tickets))
    row("in one step:", next(tickets))


def spend():
    print("2 threads each want to spend 80 of 100.")
    budget, lock = Number(), threading.Lock()
    budget.value = 100

    def take(enough):
        with lock:
            if enough:
                budget.value -= 80
        return enough

    spent = check_then_act(lambda: budget.value >= 80, take)
    row("check, then spend:", f"{how_many(spent)}, {budget.value} left")
    budget.value = 100

    def check_and_spend():
        with lock:
            enough = budget.value >= 80
            if enough:
                budget.value -= 80
        return enough

    spent = in_one_step(check_and_spend)
    row("in one step:", f"{how_many(spent)}, {budget.value} left")


def claim():
    print("2 threads claim the same name.")
    owners = {}

    def insert(free):
        if free:
            owners["ann"] = threading.get_ident()
        return free

    claimed = check_then_act(lambda: "ann" not in owners, insert)
    row("check, then insert:", how_many(claimed))
    owners = {}
    claimed = in_one_step(lambda: owners.setdefault("ann", me := object()) is me)
    row("in one step:", how_many(claimed))


def create():
    print("2 threads create the same file.")
    path = os.path.join(tempfile.gettempdir(), f"race-{os.getpid()}.py")

    def make(free):
        if free:
            open(path, "w").close()  # empties the other's file
        return free

    def make_new():
        try:
            open(path, "x").close()
            return True
        except FileExistsError:
            return False

    created = check_then_act(lambda: not os.path.exists(path), make)
    os.remove(path)
    row("check, then create:", how_many(created))
    created = in_one_step(make_new)
    os.remove(path)
    row("in one step:", how_many(created))


add()
spend()
claim()
create()
assert spend_from_balance(80) and not spend_from_balance(80)
