// Calls by Node's fetch: reads a name, an address and a number, answers with `= ` and the milliseconds that it took.

async function call(url) {
  const response = await fetch(url);
  if (await response.text() !== 'ok') throw new Error(`the answer is ${response.status}`);
}

const jobs = {
  async atOnce(url, n) {
    await Promise.all(Array.from({ length: n }, () => call(url)));
  },
  async oneByOne(url, n) {
    for (let i = 0; i < n; i++) await call(url);
  },
};

require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, url, n] = line.split(' ');
  const began = performance.now();
  await jobs[name](url, Number(n));
  console.log(`= ${performance.now() - began}`);
});
