"""Waits for SIGTERM, cleans up, and ends by it."""

# ANCHOR: construct
import os
import signal

TERM = signal.SIGTERM
# Blocked, so that it waits to be received.
signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
print("ready", flush=True)
signal.sigwait([TERM])  # waits
print("cleaned up", flush=True)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [TERM])
os.kill(os.getpid(), TERM)
# ANCHOR_END: construct
