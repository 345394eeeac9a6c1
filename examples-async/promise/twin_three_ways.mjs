// Three steps that each need the value of the step before, written in three ways.

export function withCallbacks(steps, done) {
  start(steps, 1, 0, (error, one) => {
    if (error) return done(error);
    start(steps, 2, one, (error, two) => {
      if (error) return done(error);
      start(steps, 3, two, done);
    });
  });
}

export function withPromises(steps) {
  return promise(steps, 1, 0)
    .then((one) => promise(steps, 2, one))
    .then((two) => promise(steps, 3, two));
}

export async function withAwait(steps) {
  const one = await promise(steps, 1, 0);
  const two = await promise(steps, 2, one);
  return promise(steps, 3, two);
}

// A typical callback API in Node, which calls done(error, value) later.
function start(steps, step, input, done) {
  steps.notes.push(`step ${step}`);
  setTimeout(() => {
    if (steps.failing === step) done(new Error(`step ${step} failed`));
    else done(null, 10 * input + step);
  }, 1);
}

// What util.promisify does.
function promise(steps, step, input) {
  return new Promise((resolve, reject) => {
    start(steps, step, input, (error, value) => (error ? reject(error) : resolve(value)));
  });
}
