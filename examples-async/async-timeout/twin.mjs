// Two steps share a deadline.

import { setTimeout } from "node:timers/promises";

async function connect(signal) {
  signal.throwIfAborted();
  console.log("connected");
}

async function read(signal) {
  await setTimeout(60_000, null, { signal });
  console.log("read");
}

// ANCHOR: construct
async function load(signal) {
  await connect(signal);
  await read(signal);
}

async function withLimit() {
  const signal = AbortSignal.timeout(500);
  try {
    await load(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.log("too late");
  }
}
// ANCHOR_END: construct

await withLimit();
