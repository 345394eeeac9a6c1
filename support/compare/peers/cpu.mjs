// Counts primes in Node: node cpu.mjs sequential|workers NUMBERS TASKS

import { availableParallelism } from "node:os";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

function isPrime(number) {
  if (number < 2 || number % 2 === 0) return number === 2;
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function count([from, to]) {
  let primes = 0;
  for (let number = from; number < to; number += 1) if (isPrime(number)) primes += 1;
  return primes;
}

const now = () => Number(process.hrtime.bigint()); // the system's monotonic clock

// Each worker gets the next task with its answer, so that a slow one does not hold up the rest.
async function inWorkers(bounds) {
  const waiting = bounds.values();
  let sum = 0;
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url));
      const next = () => {
        const { value, done } = waiting.next();
        if (done) worker.terminate().then(resolve);
        else worker.postMessage(value);
      };
      worker.on("message", (primes) => {
        sum += primes;
        next();
      });
      worker.on("error", reject);
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return sum;
}

if (isMainThread) {
  const [how, numbers, tasks] = [process.argv[2], ...process.argv.slice(3).map(Number)];
  const began = now();
  const bounds = Array.from({ length: tasks }, (_, task) => [
    Math.floor((task * numbers) / tasks),
    Math.floor(((task + 1) * numbers) / tasks),
  ]);
  const answer =
    how === "workers" ? await inWorkers(bounds) : bounds.reduce((sum, b) => sum + count(b), 0);
  console.log(JSON.stringify({ began, ended: now(), done: tasks, answer }));
} else {
  parentPort.on("message", (bounds) => parentPort.postMessage(count(bounds)));
}
