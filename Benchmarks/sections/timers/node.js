// Timers in Node: reads a name and numbers, answers with `= `.

const jobs = {
  // Each is due at a millisecond of its own second, as timeouts of requests are.
  once(n) {
    return new Promise((resolve) => {
      let fired = 0;
      for (let i = 0; i < n; i++) {
        setTimeout(() => {
          fired += 1;
          if (fired === n) resolve(fired);
        }, 500 + ((i * 7) % 1000));
      }
    });
  },
  // By how many milliseconds the last of so many ticks is off its place.
  drift(interval, n) {
    return new Promise((resolve) => {
      let ticks = 0;
      let first;
      const timer = setInterval(() => {
        ticks += 1;
        first ??= performance.now();
        if (ticks === n) {
          clearInterval(timer);
          resolve(`${performance.now() - first - (n - 1) * interval} 0`);
        }
      }, interval);
    });
  },
};

require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, ...numbers] = line.split(' ');
  console.log(`= ${await jobs[name](...numbers.map(Number))}`);
});
