// The same in JavaScript: three steps with callbacks, promises and await. Then: when callbacks run,
// what Promise.all returns, and what letting go of a promise does.

import assert from "node:assert/strict";
import { withAwait, withCallbacks, withPromises } from "./twin_three_ways.mjs";

const ways = {
  callbacks: (steps, seen) => withCallbacks(steps, seen),
  promises: (steps, seen) => withPromises(steps).then((value) => seen(null, value), seen),
  "async fn": (steps, seen) => withAwait(steps).then((value) => seen(null, value), seen),
};

async function threeWays(title, failing) {
  console.log(title);
  for (const [name, way] of Object.entries(ways)) {
    const notes = [];
    await new Promise((done) => {
      way({ notes, failing }, (error, value) => done(notes.push(shown(error, value))));
      notes.push("call returns");
    });
    row(name, notes);
  }
}

async function registeredFirst() {
  const notes = [];
  const [promise, { resolve }] = withResolvers();
  promise.then(() => notes.push("callback runs"));
  notes.push("registered");
  resolve();
  notes.push("settle returns");
  await turn();
  return notes;
}

async function settledFirst() {
  const notes = [];
  const [promise, { resolve }] = withResolvers();
  resolve();
  notes.push("settle returns");
  promise.then(() => notes.push("callback runs"));
  notes.push("registered");
  await turn();
  return notes;
}

async function allOfThree(failing) {
  const notes = [];
  const pairs = [withResolvers(), withResolvers(), withResolvers()];
  const all = Promise.all(pairs.map(([promise]) => promise));
  all.then(
    (values) => notes.push(shown(null, `[${values.join(", ")}]`)),
    (error) => notes.push(shown(error)),
  );
  for (const number of [3, 2, 1]) {
    const [, { resolve, reject }] = pairs[number - 1];
    notes.push(`${number} ${number === failing ? "fails" : "succeeds"}`);
    if (number === failing) reject(new Error(`number ${number}`));
    else resolve(number);
    await turn();
  }
  return notes;
}

// A promise cannot be dropped. Letting go of it changes nothing. Here it is awaited only to know
// when to print the row.
async function letGo(way) {
  const notes = [];
  const goesOn = way({ notes });
  notes.push("dropped");
  await goesOn;
  return notes;
}

async function loseTheResolver() {
  const promise = new Promise(() => {});
  const first = await Promise.race([promise, turn("pending forever")]);
  return [first];
}

// Promise.withResolvers(), for Node before 22.
function withResolvers() {
  let resolver;
  const promise = new Promise((resolve, reject) => (resolver = { resolve, reject }));
  return [promise, resolver];
}

// Settles after all microtasks that are queued now.
function turn(value) {
  return new Promise((done) => setImmediate(done, value));
}

function shown(error, value) {
  return error ? `error: ${error.message}` : `value ${value}`;
}

function row(what, notes) {
  console.log(`  ${`${what}:`.padEnd(20)} ${notes.join(", ")}`);
}

// ANCHOR: construct
const length = (word) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(word.length), 1);
  });

const words = ["one", "two", "three"];
const promises = words.map(length); // all have started
const lengths = await Promise.all(promises);
// ANCHOR_END: construct
assert.deepEqual(lengths, [3, 3, 5]);

await threeWays("Three steps. Each needs the value of the step before.");
await threeWays("The same, but step 2 fails. Step 3 does not start.", 2);
console.log("Which thread receives the outcome?");
for (const name of Object.keys(ways)) row(name, ["the only thread"]);
console.log("When does the callback of a promise run?");
row("registered first", await registeredFirst());
row("settled first", await settledFirst());
console.log("all() of three promises, which settle in the order 3, 2, 1.");
row("all succeed", await allOfThree());
row("2 fails", await allOfThree(2));
console.log("What happens if it is dropped while step 1 is running?");
row("the promise", await letGo(withPromises));
row("the future", await letGo(withAwait));
row("the resolver", await loseTheResolver());
