"""The same in Python: rows in phases, then an exception without abort() and with it."""

import threading

THREADS = 4
PHASES = 1000
MOMENT = 0.2


def in_threads(work):
    threads = [threading.Thread(target=work, args=(part,)) for part in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rule_90(first, steps, show):
    rows = [list(first), list(first)]
    step_is_done = threading.Barrier(THREADS)

    def alive(row, at):
        return 0 <= at < len(row) and row[at]

    def work(part):
        for step in range(steps):
            old, new = rows[step % 2], rows[(step + 1) % 2]
            for at in range(part, len(first), THREADS):
                new[at] = alive(old, at - 1) != alive(old, at + 1)
            if step_is_done.wait() == 0:  # each thread gets a number, and one of them gets 0
                show(new)

    in_threads(work)


def leaders():
    barrier, led = threading.Barrier(THREADS), []

    def work(_):
        for _ in range(PHASES):
            if barrier.wait() == 0:
                led.append(1)

    in_threads(work)
    return len(led)


def one_raises(abort):
    """How many of the others continue, and how many get an error."""
    barrier = threading.Barrier(THREADS)
    gone_on, told = [], []

    def wait():
        try:
            barrier.wait()
            gone_on.append(1)
        except threading.BrokenBarrierError:
            told.append(1)

    def fail():
        try:
            raise RuntimeError("before the barrier")
        except RuntimeError:
            if abort:
                barrier.abort()

    # Daemons, because without abort they wait forever. They end with the program.
    threads = [threading.Thread(target=wait, daemon=True) for _ in range(THREADS - 1)]
    threads.append(threading.Thread(target=fail, daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(None if abort else MOMENT)
    return len(gone_on), len(told)


def draw(row):
    print("  " + "".join("*" if alive else " " for alive in row).rstrip())


print(f"{THREADS} threads compute 7 rows. The leader of each phase draws its row.")
rule_90([at == 7 for at in range(15)], 7, draw)
print(f"\n{THREADS} threads meet {PHASES} times.")
print(f"  leaders, one per meeting    {leaders()}")
print(f"\nOne of {THREADS} threads raises an exception while the others wait.")
continued = one_raises(abort=False)[0]
print(f"  without abort()             {continued} continue: the others wait forever")
print(f"  with abort()                {one_raises(abort=True)[1]} get an error")

# ANCHOR: construct
all_here = threading.Barrier(3)

def work():
    for phase in 1, 2:
        print(f"phase {phase}")
        all_here.wait()  # until three are here

for _ in range(3):
    threading.Thread(target=work).start()
# ANCHOR_END: construct
