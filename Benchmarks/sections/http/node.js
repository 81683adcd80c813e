// Node's own http: node node.js PORT ROUTES
const http = require('node:http');

const routes = new Map([['greet', new Map()]]);
for (let i = 0; i < Number(process.argv[3]); i++) routes.set(`r${i}`, new Map([['greet', true]]));

function greet(response, user) {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`Hello ${decodeURIComponent(user).toUpperCase()}!`);
}

function whole(request, then) {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => then(Buffer.concat(pieces)));
}

http.createServer((request, response) => {
  const [, first, second, third] = request.url.split('/');
  if (request.method === 'GET' && first === 'greet' && second) return greet(response, second);
  if (request.method === 'GET' && third && routes.get(first)?.has(second)) return greet(response, third);
  if (request.method === 'POST' && first === 'sum') {
    return whole(request, (body) => {
      const order = JSON.parse(body);
      let total = 0;
      for (const item of order.items) total += item.price * item.amount;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ customer: order.customer, items: order.items.length, total }));
    });
  }
  if (request.method === 'POST' && first === 'size') {
    return whole(request, (body) => {
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(String(body.length));
    });
  }
  response.statusCode = 404;
  response.end();
}).listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 1024 });
