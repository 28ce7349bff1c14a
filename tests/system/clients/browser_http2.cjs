// A browser at tern-httpd, by TLS and HTTP/2: a page of many small things, all of it again, a long
// download, uploads and a WebSocket. Under each of some strategies, a server each.
//
//     node browser_http2.cjs PLAYWRIGHT BROWSER KEY MANY DIGEST SCREENSHOTS [STRATEGY URL]...
//
// KEY: the fingerprint of the servers' key. Ignoring whatever is wrong with certificates would do,
// but then the browser keeps nothing in its cache. DIGEST: SHA-256 of /big.bin, in hexadecimal.

"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");

const [playwright, executablePath, key, many, digest, screenshots, ...servers] = process.argv.slice(2);
const { chromium } = require(playwright);
const patience = 120000;
const things = 3 * Number(many) + 1; // styles, images and modules, and the module of all
const kinds = ["Stylesheet", "Image", "Script"];

/** What the browser says of its network, by the protocol of its developer tools. */
class Network {
  static async of(page) {
    const network = new Network();
    network.session = await page.context().newCDPSession(page);
    network.forget();
    network.session.on("Network.responseReceived", (event) => {
      if (event.response.url.startsWith("https:")) network.responses.push(event);
    });
    network.session.on("Network.responseReceivedExtraInfo",
      (event) => network.statuses.set(event.requestId, event.statusCode));
    network.session.on("Network.webSocketHandshakeResponseReceived",
      (event) => network.handshakes.push(event.response.status));
    await network.session.send("Network.enable");
    return network;
  }
  forget() {
    this.responses = [];
    this.statuses = new Map();
    this.handshakes = [];
  }
  /** The statuses that came over the wire for the things on the page: of those from the cache, too. */
  async statusesOfThings() {
    const found = () => this.responses.filter((event) => kinds.includes(event.type));
    const statuses = () => found().map((event) => this.statuses.get(event.requestId));
    await eventually(() => found().length >= things && !statuses().includes(undefined), "statuses");
    return statuses();
  }
  checkOneConnection() {
    const connections = new Set(this.responses.map(({ response }) => response.connectionId));
    assert.equal(connections.size, 1, [...connections].join(" "));
    for (const { response } of this.responses) assert.equal(response.protocol, "h2", response.url);
  }
}

/** Looks again and again until it is so. */
async function eventually(look, what) {
  const end = Date.now() + patience;
  while (!(await look())) {
    assert.ok(Date.now() < end, `it did not come true in time: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** In the page: what of it has come, and how. */
function inspect(count) {
  const numbers = [...Array(count).keys()];
  const entries = performance.getEntriesByType("resource");
  const [navigation] = performance.getEntriesByType("navigation");
  return {
    modules: window.modules,
    widths: numbers.map((n) => document.querySelector(`#tile${n} img`).naturalWidth),
    colours: numbers.map((n) => getComputedStyle(document.querySelector(`#tile${n}`)).backgroundColor),
    things: entries.length,
    protocols: [...new Set([navigation, ...entries].map((entry) => entry.nextHopProtocol))],
  };
}

async function checkPage(page) {
  const numbers = [...Array(Number(many)).keys()];
  await page.waitForFunction((all) => performance.getEntriesByType("resource").length >= all, things);
  assert.deepEqual(await page.evaluate(inspect, numbers.length), {
    modules: numbers,
    widths: numbers.map((n) => n + 1),
    colours: numbers.map((n) => `rgb(${n}, ${200 - n}, 200)`),
    things,
    protocols: ["h2"],
  });
}

async function loadTwice(page, network, url) {
  await page.goto(url);
  await checkPage(page);
  assert.deepEqual(await network.statusesOfThings(), Array(things).fill(200));
  network.checkOneConnection();
  network.forget();
  await page.reload();
  await checkPage(page);
  assert.deepEqual(await network.statusesOfThings(), Array(things).fill(304));
  network.checkOneConnection();
}

/** In the page: fetches the long file in several ways. */
async function download() {
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const uncached = { cache: "no-store" };
  const whole = await fetch("/big.bin", uncached);
  const content = await whole.arrayBuffer();
  const part = await fetch("/big.bin", { ...uncached, headers: { Range: "bytes=4000000-4999999" } });
  const partContent = await part.arrayBuffer();
  const same = await fetch("/big.bin", { ...uncached, headers: { "If-None-Match": whole.headers.get("etag") } });
  return {
    digest: hex(await crypto.subtle.digest("SHA-256", content)),
    range: part.headers.get("content-range"),
    statuses: [whole.status, part.status, same.status],
    isPart: hex(await crypto.subtle.digest("SHA-256", partContent)) ===
      hex(await crypto.subtle.digest("SHA-256", content.slice(4000000, 5000000))),
  };
}

/** In the page: sends part of the long file, to be kept and to be said again. */
async function upload() {
  const content = (await (await fetch("/big.bin")).arrayBuffer()).slice(0, 600000);
  const put = await fetch("/incoming/upload.bin", { method: "PUT", body: content });
  const post = await fetch("/echo", { method: "POST", body: content });
  const again = new Uint8Array(await post.arrayBuffer());
  const sent = new Uint8Array(content);
  return {
    statuses: [put.status, post.status],
    isSame: again.length === sent.length && again.every((byte, at) => byte === sent[at]),
  };
}

/** In the page: what a WebSocket that says everything again says. */
function talk() {
  return new Promise((resolve, reject) => {
    const heard = [];
    const socket = new WebSocket(`wss://${location.host}/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      socket.send("Grüße");
      socket.send("many words ".repeat(1000));
      socket.send(new Uint8Array([0, 255, 7]));
    };
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
      if (heard.length === 3) socket.close(1000, "enough");
    };
    socket.onerror = () => reject(new Error("the WebSocket failed"));
    socket.onclose = ({ code, wasClean }) =>
      resolve({ heard, code, wasClean, extension: socket.extensions.split(";")[0] });
  });
}

async function visit(browser, strategy, url) {
  const context = await browser.newContext({ viewport: { width: 700, height: 400 } });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const network = await Network.of(page);
  await loadTwice(page, network, `${url}/`);
  await page.screenshot({ path: path.join(screenshots, `http2-${strategy}.png`) });
  assert.deepEqual(await page.evaluate(download),
    { digest, range: "bytes 4000000-4999999/5000000", statuses: [200, 206, 304], isPart: true });
  assert.deepEqual(await page.evaluate(upload), { statuses: [201, 200], isSame: true });
  assert.deepEqual(await page.evaluate(talk), {
    heard: ["Grüße", "many words ".repeat(1000), [0, 255, 7]],
    code: 1000,
    wasClean: true,
    extension: "permessage-deflate",
  });
  assert.deepEqual(network.handshakes, [200]); // and not 101: RFC 8441
  network.checkOneConnection();
  assert.deepEqual(errors, []);
  await context.close();
}

async function main() {
  assert.ok(servers.length > 0);
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${key}`],
    timeout: patience,
  });
  try {
    for (let at = 0; at < servers.length; at += 2) await visit(browser, servers[at], servers[at + 1]);
  } finally {
    await browser.close();
  }
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
