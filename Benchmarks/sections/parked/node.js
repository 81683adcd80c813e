// Clients that wait, in Node: node node.js PORT
let blocking = [];

require('node:http').createServer(async (request, response) => {
  const [, first, value] = request.url.split('/');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  if (first === 'block') {
    const text = await new Promise((resolve) => blocking.push(resolve));
    response.end(text.toUpperCase());
  } else if (first === 'release') {
    const waiting = blocking;
    blocking = [];
    for (const resolve of waiting) resolve(value);
    response.end(`OK ${waiting.length}`);
  } else if (first === 'count') {
    response.end(String(blocking.length));
  } else {
    response.statusCode = 404;
    response.end();
  }
}).listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 1024 });
