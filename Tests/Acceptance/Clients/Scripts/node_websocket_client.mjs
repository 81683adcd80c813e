// What Node's own client of WebSockets does with a server; each function that takes `base` is a behaviour, and a test.

import assert from "node:assert/strict";

export async function talksAndCloses(base) {
  const socket = new WebSocket(base.replace("http", "ws") + "/chat");
  socket.binaryType = "arraybuffer";
  const heard = [];
  const closed = new Promise((resolve) => (socket.onclose = resolve));
  socket.onmessage = ({ data }) => {
    heard.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
    if (heard.length === 2) socket.close(4001, "enough");
  };
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.send("grüße ✓");
  socket.send(new Uint8Array([0, 255]));
  const { code, reason } = await closed;
  assert.deepEqual([heard, code, reason], [["grüße ✓", [0, 255]], 4001, "enough"]);
}

export async function isClosedByTheRoute(base) {
  const socket = new WebSocket(base.replace("http", "ws") + "/close/4321");
  const { code, reason, wasClean } = await new Promise((resolve) => (socket.onclose = resolve));
  assert.deepEqual([code, reason, wasClean], [4321, "as asked", true]);
}

const [name, base] = process.argv.slice(2);
import(import.meta.url).then((behaviours) => behaviours[name](base)).then(() => process.exit(0));
