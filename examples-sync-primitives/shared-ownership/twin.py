"""The same in Python: names, objects, owners, and a circle that counting alone does not free."""

import gc
import sys
import threading
import weakref

THREADS = 3


class Numbers(list):
    """A list of our own: a plain one takes no weak references."""


class Person:
    friend = None


class Node:
    def __init__(self, parent=None):
        self.children = []
        self.parent = parent and weakref.ref(parent)

    def add(self):
        child = Node(self)
        self.children.append(child)
        return child


# ANCHOR: construct
def two_names():
    a = [1]
    b = a  # another name for the same list
    b.append(2)

    assert a is b
    print(a)
    print(sys.getrefcount(a) - 1, "owners")
    del a  # the list lives on: b owns it
# ANCHOR_END: construct


def references(thing):
    return sys.getrefcount(thing)


def owners(thing):
    return sys.getrefcount(thing) - LOOKING


def looking():
    """What the look itself adds to the count, which differs between versions of Python."""
    thing = Person()
    return references(thing) - 1


def yes(fact):
    return "yes" if fact else "no"


def alive(seen):
    return yes(seen() is not None)


def row(what, value):
    print(f"  {what:<40} {value}")


def names_and_objects():
    a = Numbers([1])
    b = a
    print("a and b are two names for one list, as after b = a in Python.")
    row("are they the same object?", yes(id(a) == id(b)))  # or: a is b
    row("owners of the list:", owners(a))
    b.append(2)
    row("b appends 2, then a shows:", a)

    first = weakref.ref(a)
    b = Numbers([1, 2])
    print("b now names a new list with the same contents.")
    row("are they equal?", yes(a == b))
    row("are they the same object?", yes(id(a) == id(b)))
    row("owners of the first list:", owners(a))
    del a
    print("a, the only owner of the first list, is dropped.")
    row("is the first list alive?", alive(first))


def add_number(number, box, met):
    numbers = box.pop()  # a Thread keeps its arguments, too: this leaves one owner, not two
    numbers.append(number)
    met.wait()  # all have added
    met.wait()  # the owners are counted


def owners_in_threads():
    numbers = Numbers()
    met = threading.Barrier(THREADS + 1)
    threads = [
        threading.Thread(target=add_number, args=(number, [numbers], met)) for number in (1, 2, 3)
    ]
    for thread in threads:
        thread.start()
    met.wait()
    print(f"{THREADS} threads and the main thread own one list. Each thread appends a number.")
    row("owners while they run:", owners(numbers))
    met.wait()
    for thread in threads:
        thread.join()
    row("owners after they ended:", owners(numbers))
    row("numbers in the list:", len(numbers))


def owners_in_a_circle():
    ann, bob = Person(), Person()
    ann.friend, bob.friend = bob, ann
    seen = weakref.ref(ann)
    print("Ann and Bob own each other: a reference cycle.")
    row("owners of Ann:", owners(ann))
    del ann, bob
    row("is Ann alive after the names are gone?", alive(seen))
    gc.collect()
    row("is Ann alive after gc.collect()?", alive(seen))

    parent = Node()
    child = parent.add()
    seen = weakref.ref(child)
    print("A parent owns its child. The child refers to the parent by a Weak: no cycle of owners.")
    row("owners of the parent:", owners(parent))
    row("owners of the child:", owners(child))
    del parent, child
    row("is the parent alive after that?", alive(seen))


LOOKING = looking()
gc.disable()  # or it might look for circles at any time, not only when told
names_and_objects()
owners_in_threads()
owners_in_a_circle()
