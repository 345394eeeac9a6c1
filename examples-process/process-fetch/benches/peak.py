"""Wall time and peak memory of a command and all its children: python3 peak.py COMMAND [ARGUMENT ...]

Linux only. The memory is the sum of the proportional set sizes (Pss): what several processes share,
such as the program's text, counts once.
"""

import pathlib
import subprocess
import sys
import time


def of_group(session):
    """The Pss of every process of the session in KiB, and their number."""
    sizes = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[3]) == session:
                rollup = stat.with_name("smaps_rollup").read_text()
                sizes.append(int(rollup.split("Pss:")[1].split()[0]))
        except (OSError, IndexError):
            pass  # It has ended meanwhile.
    return sum(sizes), len(sizes)


def main(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    peak = (0, 0)
    while child.poll() is None:
        peak = max(peak, of_group(child.pid))
        time.sleep(0.01)
    wall = time.perf_counter() - start
    print(f"{wall:.2f} s, at most {peak[0] / 1024:.1f} MiB in {peak[1]} processes: {command[0]}")


main(sys.argv[1:])
