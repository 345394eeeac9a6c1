// The same in JavaScript: three async functions on Node's event loop. Then one of them blocks.

import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

const MOMENT = 20;

async function orderOfSteps(b) {
  const steps = [];
  const othersDone = new Int32Array(new SharedArrayBuffer(4));
  // Calling an async function starts it: there is no spawn.
  const tasks = [waits("A", steps), b("B", steps, othersDone), waits("C", steps)];
  await Promise.all([tasks[0], tasks[2]]);
  Atomics.store(othersDone, 0, 1);
  Atomics.notify(othersDone, 0);
  await tasks[1];
  return steps.join(" ");
}

async function waits(name, steps) {
  steps.push(`${name}1`);
  await sleep(MOMENT);
  steps.push(`${name}2`);
  await sleep(MOMENT);
  steps.push(`${name}3`);
}

async function blocks(name, steps) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  steps.push(`${name}1`);
  Atomics.wait(never, 0, 0, MOMENT); // no await: no other task can run
  steps.push(`${name}2`);
  Atomics.wait(never, 0, 0, MOMENT);
  steps.push(`${name}3`);
}

async function blocksAnotherThread(name, steps, othersDone) {
  steps.push(`${name}1`);
  await inThread(othersDone);
  steps.push(`${name}2`);
  await inThread(new Int32Array(new SharedArrayBuffer(4)), MOMENT);
  steps.push(`${name}3`);
}

// A worker gets its code as a file or as text, and shares only such buffers.
async function inThread(cell, timeout) {
  const code = `
    const { cell, timeout } = require("node:worker_threads").workerData;
    Atomics.wait(cell, 0, 0, timeout);`;
  const worker = new Worker(code, { eval: true, workerData: { cell, timeout } });
  await once(worker, "exit");
}

// ANCHOR: construct
const greetings = [];

async function greet(name) {
  greetings.push(`hello ${name}`);
  await sleep(20);
  greetings.push(`goodbye ${name}`);
}

await Promise.all([greet("A"), greet("B")]);
// ANCHOR_END: construct
assert.deepEqual(greetings, ["hello A", "hello B", "goodbye A", "goodbye B"]);

console.log("Tasks A, B and C on one thread. Each takes three steps and waits between them.");
console.log(`  all three await:           ${await orderOfSteps(waits)}`);
console.log(`  B blocks the thread:       ${await orderOfSteps(blocks)}`);
console.log(`  B blocks another thread:   ${await orderOfSteps(blocksAnotherThread)}`);
