"""A command that takes too long."""

# ANCHOR: construct
import os
from signal import SIGKILL
from subprocess import PIPE, Popen, TimeoutExpired

script = "echo started; sleep 60 & wait"
command = Popen(["sh", "-c", script], stdout=PIPE,
                text=True, start_new_session=True)
try:
    out, _ = command.communicate(timeout=1)
except TimeoutExpired:
    os.killpg(command.pid, SIGKILL)  # the sleep, too
    out, _ = command.communicate()   # waits for it
    print("timed out")
print(out, end="")  # what it printed before
# ANCHOR_END: construct
