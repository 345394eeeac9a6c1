// A loop with back-off and jitter. The package p-retry has the same as a function.

import { setTimeout as sleep } from "node:timers/promises";

async function load(calls) {
  if (calls < 3) {
    throw new Error("busy");
  }
  return "a page";
}

// ANCHOR: construct
async function loadPatiently(attempts = 5, base = 10) {
  for (let calls = 1; ; calls += 1) {
    try {
      console.log(await load(calls));
      console.log(`calls: ${calls}`);
      return;
    } catch (error) {
      if (calls === attempts) throw error;
    }
    const longest = base * 2 ** (calls - 1);
    await sleep(Math.random() * longest);
  }
}
// ANCHOR_END: construct

await loadPatiently();
