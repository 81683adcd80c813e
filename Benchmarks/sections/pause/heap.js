// The heap of Node: node heap.js PORT
const parked = [];
const kept = [];
const gate = new Promise(() => {});

async function wait() {
  await gate;
}

const jobs = {
  park(n) {
    for (let i = 0; i < n; i++) parked.push(wait());
    return parked.length;
  },
  // A hundred thousand small objects.
  grow() {
    kept.push(Array.from({ length: 50000 }, (_, i) => ({ id: i, name: `name ${i}` })));
    return kept.length;
  },
  // A thousand small objects that nobody keeps.
  churn() {
    let sum = 0;
    for (let i = 0; i < 500; i++) {
      const item = { id: i, name: `name ${i}` };
      sum += item.id;
    }
    return sum;
  },
  // Nothing at all.
  rest() {
    return 124750;
  },
};

require('node:http').createServer((request, response) => {
  const [, job, n] = request.url.split('/');
  const value = jobs[job]?.(Number(n));
  response.statusCode = value === undefined ? 404 : 200;
  response.end(String(value));
}).listen(Number(process.argv[2]), '127.0.0.1');
