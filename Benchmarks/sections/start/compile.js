// Compiles in Node: reads the name of a file, answers `= ` once it is compiled.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  new Script(readFileSync(line, 'utf8'), { filename: line });
  console.log('= compiled');
});
