"""The same in Python: the GIL keeps each step whole, not two of them together."""

import itertools
import os
import tempfile
import threading


def look_then_act(look, act):
    both_have_looked = threading.Barrier(2)  # makes certain what otherwise happens now and then

    def work():
        seen = look()
        both_have_looked.wait()
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


def who(acted):
    return ["none did", "one did", "both did"][acted.count(True)]


def row(what, value):
    print(f"  {what:<24} {value}")


class Number:
    value = 0


def add():
    print("2 threads add 1 to a number.")
    number, met = Number(), threading.Barrier(2)

    def one():
        met.wait()
        return 1

    def plus():
        number.value += one()  # reads the value, calls one, writes the sum: anybody may come between

    in_one_step(plus)
    row("read it, then write it:", number.value)

    number, lock = Number(), threading.Lock()

    def look():
        with lock:
            return number.value

    def act(seen):
        with lock:
            number.value = seen + 1

    look_then_act(look, act)
    row("a lock for each half:", number.value)

    tickets = itertools.count()  # next() is one step under the GIL; elsewhere take a lock
    in_one_step(lambda: next(tickets))
    row("in one step:", next(tickets))


def spend():
    print("2 threads spend 80 of 100.")
    budget, lock = Number(), threading.Lock()
    budget.value = 100

    def take(enough):
        with lock:
            if enough:
                budget.value -= 80
        return enough

    spent = look_then_act(lambda: budget.value >= 80, take)
    row("look, then take:", f"{who(spent)}, {budget.value} is left")
    budget.value = 100

    def look_and_take():
        with lock:
            enough = budget.value >= 80
            if enough:
                budget.value -= 80
        return enough

    spent = in_one_step(look_and_take)
    row("in one step:", f"{who(spent)}, {budget.value} is left")


def claim():
    print("2 threads claim the same name.")
    owners = {}

    def insert(free):
        if free:
            owners["ann"] = threading.get_ident()
        return free

    claimed = look_then_act(lambda: "ann" not in owners, insert)
    row("look, then insert:", who(claimed))
    owners = {}
    claimed = in_one_step(lambda: owners.setdefault("ann", me := object()) is me)
    row("in one step:", who(claimed))


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

    created = look_then_act(lambda: not os.path.exists(path), make)
    os.remove(path)
    row("look, then create:", who(created))
    created = in_one_step(make_new)
    os.remove(path)
    row("in one step:", who(created))


add()
spend()
claim()
create()
