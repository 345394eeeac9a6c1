"""Input in, both outputs out."""

# ANCHOR: construct
from subprocess import PIPE, Popen

child = Popen(["sort"], text=True, stdin=PIPE,
              stdout=PIPE, stderr=PIPE)
# Reads both outputs while it writes the input.
out, err = child.communicate("pear\napple\nfig\n")
for line in out.splitlines():
    print(line)
print(f"exit code Some({child.returncode})")
# ANCHOR_END: construct
