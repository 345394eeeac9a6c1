// The same map in Node: one worker per core, each with a heap of its own. A function cannot be sent,
// so a worker loads this file. Items and results are copied.
import { once } from "node:events";
import os from "node:os";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

const NUMBERS = 100_000;
const CHUNK = 2_000;

function collatzSteps(number) {
  let steps = 0;
  for (; number !== 1; steps++) number = number % 2 === 0 ? number / 2 : 3 * number + 1;
  return steps;
}

// ANCHOR: construct
async function mapInWorker(worker, chunk) {
  worker.postMessage(chunk); // copies the items
  const [steps] = await once(worker, "message");
  return steps;
}

if (!isMainThread) {
  parentPort.on("message", (chunk) => {
    parentPort.postMessage(chunk.map(collatzSteps));
  });
}
// ANCHOR_END: construct

async function parallelMap(items) {
  const chunks = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(new URL(import.meta.url));
    while (next < items.length) {
      const start = next;
      next += CHUNK;
      chunks[start / CHUNK] = await mapInWorker(worker, items.slice(start, next));
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  return chunks.flat();
}

if (isMainThread) {
  const numbers = Array.from({ length: NUMBERS }, (_, index) => index + 1);
  const expected = numbers.map(collatzSteps);
  const sum = expected.reduce((sum, steps) => sum + steps);
  console.log(`${NUMBERS} numbers, ${sum} steps in all.`);
  const results = await parallelMap(numbers);
  const same = results.every((steps, index) => steps === expected[index]) ? "the same" : "other";
  console.log(`  workers:            ${same} results in the same order`);
}
