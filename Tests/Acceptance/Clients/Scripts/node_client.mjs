// What Node does with a server; each function that takes `base` is a behaviour, and a test.

import assert from "node:assert/strict";
import http from "node:http";

/** Waits until a condition holds. */
async function until(what, condition) {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it never came to it: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function text(address, options) {
  return (await fetch(address, options)).text();
}

export async function fetchSendsEachMethod(base) {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    const answer = await fetch(`${base}/echo?a=ü`, { method, body: method === "GET" ? undefined : `über ${method}` });
    const found = await answer.json();
    assert.deepEqual([answer.status, found.method, found.query], [200, method, { a: ["ü"] }]);
    assert.equal(found.text, method === "GET" ? undefined : `über ${method}`);
  }
  const head = await fetch(`${base}/greet/you`, { method: "HEAD" });
  assert.deepEqual([head.headers.get("content-length"), await head.text()], ["9", ""]);
  const options = await fetch(`${base}/echo`, { method: "OPTIONS" });
  assert.deepEqual([options.status, await options.text()], [204, ""]);
}

export async function fetchSendsFormsAndFiles(base) {
  const plain = await fetch(`${base}/form`, { method: "POST", body: new URLSearchParams([["a", "1 +"], ["a", "ü"]]) });
  assert.deepEqual(await plain.json(), { fields: { a: ["1 +", "ü"] }, files: {} });
  const form = new FormData();
  form.append("title", "línea\r\nzwei");
  form.append("file", new Blob([new Uint8Array([0, 13, 10, 255])], { type: "image/png" }), 'a"b ü.png');
  const found = await (await fetch(`${base}/form`, { method: "POST", body: form })).json();
  assert.deepEqual(found.fields, { title: ["línea\r\nzwei"] });
  assert.deepEqual(found.files.file, [['a"b ü.png', "image/png", 4, "AA0K/w=="]]);
}

export async function fetchFollowsRedirects(base) {
  const answer = await fetch(`${base}/hop/3`);
  assert.deepEqual([answer.redirected, answer.url, await answer.text()], [true, `${base}/hop/0`, "arrived"]);
  const kept = await (await fetch(`${base}/moved/307`, { method: "POST", body: "again" })).json();
  assert.deepEqual([kept.method, kept.text], ["POST", "again"]);
}

export async function fetchUploadsAStreamThatIsReadAsItComes(base) {
  let number = 0;
  const body = new ReadableStream({
    async pull(controller) {
      if (number > 0) {
        await until(`piece ${number} is read`, async () => (await text(`${base}/arrived/node`)) === `${number * 100}`);
      }
      number += 1;
      if (number > 5) controller.close();
      else controller.enqueue(new Uint8Array(100));
    },
  }, { highWaterMark: 0 });
  const found = await (await fetch(`${base}/upload/node`, { method: "POST", body, duplex: "half" })).json();
  assert.deepEqual([found.bytes, found.pieces], [500, 5]);
}

export async function fetchReadsEventsWhileTheyAreSent(base) {
  const answer = await fetch(`${base}/events/node`);
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  let held = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const event = async () => {
    while (!held.includes("\n\n")) {
      const { value, done } = await reader.read();
      if (done) return null;
      held += value;
    }
    const [first, ...rest] = held.split("\n\n");
    held = rest.join("\n\n");
    return first.split("\n").sort();
  };
  assert.deepEqual(await event(), ["data: first", "id: 1"]);
  await fetch(`${base}/open/events-node`, { method: "POST" });
  assert.deepEqual(await event(), ['data: {"n":2,"text":"zwei\\nzeilen ✓"}', "event: count", "id: 2"]);
  await fetch(`${base}/open/events-node`, { method: "POST" });
  assert.deepEqual(await event(), ["data: lines", "data: two"]);
  assert.equal(await event(), null);
}

export async function fetchIsAbortedInTheMiddleOfAnAnswer(base) {
  const control = new AbortController();
  const answer = await fetch(`${base}/endless/node`, { signal: control.signal });
  const { value } = await answer.body.getReader().read();
  assert.ok(value.length > 0);
  control.abort();
  await until("the body is unwound", async () => (await text(`${base}/left`)).includes("node"));
}

export async function anAgentKeepsItsConnection(base) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set();
  const ask = (path) =>
    new Promise((resolve, reject) => {
      const request = http.get(base + path, { agent }, (answer) => {
        sockets.add(answer.socket);
        let found = "";
        answer.setEncoding("utf8").on("data", (piece) => (found += piece)).on("end", () => resolve(found));
      });
      request.on("error", reject);
    });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(`/greet/${n}`)));
  assert.deepEqual(answers, Array.from({ length: 30 }, (_, n) => `Hello ${n}`));
  assert.equal(sockets.size, 1);
  agent.destroy();
}

export async function anExpectationIsMet(base) {
  const found = await new Promise((resolve, reject) => {
    const headers = { expect: "100-continue", "content-length": 4 };
    const request = http.request(`${base}/upload/node-expected`, { method: "POST", headers });
    request.on("continue", () => request.end("body")).on("error", reject);
    request.on("response", async (answer) => resolve(JSON.parse((await answer.toArray()).join(""))));
    request.flushHeaders();
  });
  assert.equal(found.bytes, 4);
}

const [name, base] = process.argv.slice(2);
import(import.meta.url).then((behaviours) => behaviours[name](base)).then(() => process.exit(0));
