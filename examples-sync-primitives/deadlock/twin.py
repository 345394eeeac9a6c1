"""The same in Python: two programs that hang, each in its own process. One that never hangs."""

import subprocess
import sys
import threading

PHILOSOPHERS = 5
MEALS = 1_000
PATIENCE = 0.4


# ANCHOR: construct
ann, bob = threading.Lock(), threading.Lock()
balance = {"ann": 100, "bob": 100}


def ann_pays_bob(amount):
    with ann, bob:  # everyone locks ann before bob
        balance["ann"] -= amount
        balance["bob"] += amount
# ANCHOR_END: construct


def dine(philosopher):
    forks = [threading.Lock() for _ in range(PHILOSOPHERS)]
    threads = []
    for seat in range(PHILOSOPHERS):
        left, right = forks[seat], forks[(seat + 1) % PHILOSOPHERS]
        threads.append(threading.Thread(target=philosopher, args=(left, right)))
    for thread in threads:
        thread.start()
    return forks, threads


def philosophers():
    all_have_one = threading.Barrier(PHILOSOPHERS + 1)

    def philosopher(left, right):
        with left:
            all_have_one.wait()
            with right:
                pass

    forks, threads = dine(philosopher)
    all_have_one.wait()
    taken = sum(fork.locked() for fork in forks)
    print(f"{taken} of {PHILOSOPHERS} forks are locked", flush=True)
    for thread in threads:
        thread.join()


def twice():
    lock = threading.Lock()  # an RLock lets its holder in again
    with lock:
        print("the lock is still held:", str(lock.locked()).lower(), flush=True)
        with lock:
            pass


def meals():
    eaten = 0
    counting = threading.Lock()

    def philosopher(*both):
        nonlocal eaten
        first, second = sorted(both, key=id)
        for _ in range(MEALS):
            with first, second, counting:
                eaten += 1

    for thread in dine(philosopher)[1]:
        thread.join()
    return eaten


def watch(program):
    command = [sys.executable, __file__, program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        print(f"  {child.stdout.readline().strip()}")
        try:
            print(f"  it ended: {child.wait(PATIENCE)}")
        except subprocess.TimeoutExpired:
            child.kill()
            print("  a deadlock: nothing more happened, so the process was stopped")


if sys.argv[1:] == ["philosophers"]:
    philosophers()
elif sys.argv[1:] == ["twice"]:
    twice()
else:
    ann_pays_bob(30)
    print(f"{PHILOSOPHERS} philosophers each lock the left fork, then the right one.")
    watch("philosophers")
    print(f"{PHILOSOPHERS} philosophers lock both forks in the order of id.")
    print(f"  no deadlock: all finished, after {meals()} meals")
    print("A thread locks a lock again in a with block that still holds it.")
    watch("twice")
