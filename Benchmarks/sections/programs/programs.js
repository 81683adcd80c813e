// The programs for Node: reads names, and answers each with `= ` and what the program gives.

function fib(n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

function randoms(n) {
  const numbers = [];
  let x = 12345;
  for (let i = 0; i < n; i++) {
    x = (x * 16807) % 2147483647;
    numbers.push(x);
  }
  return numbers;
}

function merged(numbers, isBefore) {
  const n = numbers.length;
  let source = numbers;
  let target = [];
  for (let i = 0; i < n; i++) target.push(0);
  let width = 1;
  while (width < n) {
    let low = 0;
    while (low < n) {
      let middle = low + width;
      if (middle > n) middle = n;
      let high = middle + width;
      if (high > n) high = n;
      let i = low;
      let j = middle;
      let k = low;
      while (k < high) {
        if (i < middle && (j >= high || !isBefore(source[j], source[i]))) {
          target[k] = source[i];
          i += 1;
        } else {
          target[k] = source[j];
          j += 1;
        }
        k += 1;
      }
      low = high;
    }
    [source, target] = [target, source];
    width = width * 2;
  }
  return source;
}

function each(numbers, change) {
  const changed = [];
  for (const x of numbers) changed.push(change(x));
  return changed;
}

function adder(k) {
  return (x) => x + k;
}

const people = [];
for (let i = 0; i < 2000; i++) {
  people.push({ id: i, name: `user ${i}`, tags: ['a', 'b', 'c'], active: i % 2 === 0, manager: null });
}
const text = JSON.stringify(people);

const programs = {
  calls() {
    return fib(30);
  },

  whileLoop() {
    let sum = 0;
    let i = 0;
    while (i < 10000000) {
      sum = sum + i;
      i = i + 1;
    }
    return sum;
  },

  forLoop() {
    let sum = 0;
    for (let i = 0; i < 10000000; i++) sum += (i * 3) % 7;
    return sum;
  },

  floats() {
    let sum = 0.0;
    let x = 0.5;
    for (let i = 0; i < 5000000; i++) {
      x = x * 1.0000001 + 0.25;
      sum = sum + x / 3.0;
    }
    return sum;
  },

  interpolation() {
    const name = 'world';
    let total = 0;
    for (let i = 0; i < 1000000; i++) {
      const text = `Hello ${name}!`;
      total += text.length;
    }
    return total;
  },

  longInterpolation() {
    const name = 'world';
    let total = 0;
    for (let i = 0; i < 1000000; i++) {
      const text = `Hello ${name}, you are visitor number ${i}!`;
      total += text.length;
    }
    return total;
  },

  building() {
    let total = 0;
    for (let round = 0; round < 10; round++) {
      const lines = [];
      for (let i = 0; i < 50000; i++) {
        lines.push('line ');
        lines.push(String(i));
        lines.push('\n');
      }
      total += lines.join('').length;
    }
    return total;
  },

  growing() {
    let total = 0;
    for (let round = 0; round < 5; round++) {
      let text = '';
      for (let i = 0; i < 10000; i++) text += `line ${i}\n`;
      total += text.length;
    }
    return total;
  },

  array() {
    const numbers = [];
    for (let i = 0; i < 1000000; i++) numbers.push(i);
    let sum = 0;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 1000000; i++) sum += numbers[i];
    }
    return sum;
  },

  numberKeys() {
    const squares = new Map();
    for (let i = 0; i < 500000; i++) squares.set(i * 7, i);
    let sum = 0;
    for (let i = 0; i < 500000; i++) sum += squares.get(i * 7);
    return sum;
  },

  textKeys() {
    const keys = [];
    for (let i = 0; i < 1000; i++) keys.push(`key${i}`);
    const counts = new Map();
    for (let i = 0; i < 1000000; i++) {
      const key = keys[i % 1000];
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts.get('key7');
  },

  words() {
    const texts = [];
    for (let i = 0; i < 200000; i++) texts.push(`word${(i * 7) % 5003}`);
    const text = texts.join(' ');
    const counts = new Map();
    for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts.size * 1000 + counts.get('word7');
  },

  sorting() {
    const numbers = randoms(100000);
    const ordered = numbers.toSorted((x, y) => x - y);
    return ordered[500];
  },

  mergeSort() {
    const numbers = randoms(100000);
    const ordered = merged(numbers, (x, y) => x < y);
    return ordered[500];
  },

  mapping() {
    const numbers = [];
    for (let i = 0; i < 200000; i++) numbers.push(i);
    const k = 3;
    let total = 0;
    for (let round = 0; round < 5; round++) {
      const mapped = numbers.map((x) => x * k + 1);
      total += mapped[1000];
    }
    return total;
  },

  ownMapping() {
    const numbers = [];
    for (let i = 0; i < 200000; i++) numbers.push(i);
    const k = 3;
    let total = 0;
    for (let round = 0; round < 5; round++) {
      const mapped = each(numbers, (x) => x * k + 1);
      total += mapped[1000];
    }
    return total;
  },

  capturing() {
    let sum = 0;
    const add = (n) => {
      sum = sum + n;
    };
    for (let i = 0; i < 2000000; i++) add(i);
    return sum;
  },

  makingClosures() {
    let sum = 0;
    for (let i = 0; i < 1000000; i++) sum = adder(i)(sum) % 1000003;
    return sum;
  },

  parsing() {
    let total = 0;
    for (let round = 0; round < 20; round++) total += JSON.parse(text)[round].id;
    return total;
  },

  printing() {
    let total = 0;
    for (let round = 0; round < 20; round++) total += JSON.stringify(people).length;
    return total;
  },
};

require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  console.log(`= ${programs[line]?.() ?? 'none'}`);
});
