// The same map in Node: a worker for each core, each an isolate of its own. Functions do not travel,
// so a worker loads this file; items and results are copied.
import os from "node:os";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

const NUMBERS = 100_000;
const CHUNK = 2_000;

function collatzSteps(number) {
  let steps = 0;
  for (; number !== 1; steps++) number = number % 2 === 0 ? number / 2 : 3 * number + 1;
  return steps;
}

async function parallelMap(items) {
  const results = [];
  let next = 0;
  const work = (worker) =>
    new Promise((done, failed) => {
      const give = () => {
        if (next >= items.length) return worker.terminate().then(done);
        worker.postMessage([next, items.slice(next, next + CHUNK)]);
        next += CHUNK;
      };
      worker.on("error", failed);
      worker.on("message", ([start, chunk]) => {
        chunk.forEach((result, index) => (results[start + index] = result));
        give();
      });
      give();
    });
  const workers = Array.from({ length: os.availableParallelism() }, () => new Worker(new URL(import.meta.url)));
  await Promise.all(workers.map(work));
  return results;
}

if (isMainThread) {
  const numbers = Array.from({ length: NUMBERS }, (_, index) => index + 1);
  const expected = numbers.map(collatzSteps);
  const sum = expected.reduce((sum, steps) => sum + steps);
  console.log(`${NUMBERS} numbers take ${sum} steps to 1.`);
  const results = await parallelMap(numbers);
  const same = results.every((steps, index) => steps === expected[index]) ? "same" : "other";
  console.log(`  workers:            ${same} results in the same order`);
} else {
  parentPort.on("message", ([start, chunk]) => parentPort.postMessage([start, chunk.map(collatzSteps)]));
}
