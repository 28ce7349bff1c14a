// Two tabs of a browser and one nc in a room of tern-chatd, as people would: they talk, one of them
// with hostile text, the server is killed and comes back, nothing is lost or shown twice.
//
//     node browser_chat.cjs PLAYWRIGHT BROWSER DAEMON FOLDER STRATEGY SCREENSHOTS

"use strict";

const assert = require("node:assert/strict");
const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const [playwright, executablePath, daemon, folder, strategy, screenshots] = process.argv.slice(2);
const { chromium } = require(playwright);
const patience = 120000;
const configuration = path.join(folder, "chat.json");

function configure(ports) {
  const listener = (name) => ({ name, protocol: name, address: "127.0.0.1", port: ports[name] ?? 0 });
  fs.writeFileSync(configuration, JSON.stringify({
    listeners: [listener("line"), listener("web")],
    concurrency: { strategy, workers: 4 },
    control_socket: path.join(folder, "control"),
    history: { journal: { file: path.join(folder, "history.db") } },
    log: { file: path.join(folder, "log") },
  }));
}

/** Looks again and again until it is so. */
async function eventually(look, what) {
  const end = Date.now() + patience;
  while (!(await look())) {
    assert.ok(Date.now() < end, `it did not come true in time: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function startDaemon() {
  const file = path.join(folder, "ports");
  fs.rmSync(file, { force: true });
  const child = spawn(daemon, ["--config", configuration, "--port-file", file], { stdio: "ignore" });
  await eventually(() => fs.existsSync(file) || child.exitCode !== null, "the server listens");
  if (child.exitCode === 1) process.exit(77); // the strategy cannot run here
  const lines = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(" "));
  return { child, ports: Object.fromEntries(lines.map(([name, , port]) => [name, Number(port)])) };
}

/** Somebody at nc. */
class Netcat {
  constructor(port, name) {
    this.heard = "";
    this.child = spawn("nc", ["127.0.0.1", String(port)], { stdio: ["pipe", "pipe", "ignore"] });
    this.child.stdout.on("data", (data) => (this.heard += data));
    this.say(name);
  }
  say(line) {
    this.child.stdin.write(`${line}\n`);
  }
  hears(text) {
    return eventually(() => this.heard.includes(text), `nc hears ${text}`);
  }
}

class Tab {
  static async open(browser, url, options) {
    const tab = new Tab();
    const context = await browser.newContext(options);
    context.setDefaultTimeout(patience);
    tab.page = await context.newPage();
    tab.errors = [];
    tab.page.on("pageerror", (error) => tab.errors.push(String(error)));
    tab.page.on("console", (message) => {
      if (/Content Security Policy|Refused to/u.test(message.text())) tab.errors.push(message.text());
    });
    await tab.page.goto(url);
    return tab;
  }
  async enter(name) {
    await this.page.fill("#name", name);
    await this.page.press("#name", "Enter");
    await this.page.waitForSelector("#chat:not([hidden])");
    await this.stateIs("open");
  }
  async say(text) {
    await this.page.fill("#text", text);
    await this.page.press("#text", "Enter");
  }
  sees(text) {
    return this.page.locator("#log .words", { hasText: text }).first().waitFor();
  }
  stateIs(state) {
    return this.page.waitForSelector(`#state[data-state=${state}]`);
  }
  /** How often a line says this, confirmed or not. */
  times(text) {
    return this.page.locator("#log .words", { hasText: text }).count();
  }
  picture(name) {
    return this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
}

const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&lt;b&gt; 'x'`;

async function isHarmless(tab) {
  await tab.sees(hostile);
  const found = await tab.page.evaluate(() => ({
    hacked: window.hacked,
    markup: document.querySelectorAll("#log img, #log script, #log b").length,
  }));
  assert.deepEqual(found, { hacked: undefined, markup: 0 });
}

/** Of the last part of a line: each text runs its own way. */
function direction(tab, text) {
  return tab.page.locator("#log .words > bdi", { hasText: text }).first()
    .evaluate((words) => getComputedStyle(words).direction);
}

async function talk(ann, bob, nora) {
  await nora.hears("bob");
  await ann.say("Good morning, everybody");
  await bob.sees("Good morning, everybody");
  await nora.hears("ann: Good morning, everybody");
  nora.say("hello from a terminal: https://example.org/a_(b), and javascript:alert(1)");
  await bob.sees("hello from a terminal");
  const links = await bob.page.locator("#log a").evaluateAll((all) => all.map((one) => one.href));
  assert.deepEqual(links, ["https://example.org/a_(b)"]);
  await ann.say("שלום, (1) everybody");
  await bob.sees("שלום, (1) everybody");
  assert.equal(await direction(bob, "שלום"), "rtl");
  assert.equal(await direction(bob, "Good morning"), "ltr");
  await ann.say(hostile);
  nora.say(`${hostile} again`);
  for (const tab of [ann, bob]) await isHarmless(tab);
  await ann.say("/topic Terns, and <b>other</b> birds");
  await bob.page.locator("#topic", { hasText: "Terns, and <b>other</b> birds" }).waitFor();
  await bob.say("/me waves a wing");
  await ann.sees("waves a wing");
  nora.say("/msg ann nobody else sees this");
  await ann.page.locator("#conversations button", { hasText: "nora" }).click();
  await ann.sees("nobody else sees this");
  await ann.say("and nobody sees the answer");
  await nora.hears("and nobody sees the answer");
  assert.equal(await bob.times("nobody else sees this"), 0);
  await ann.page.locator("#conversations button", { hasText: "lobby" }).click();
  const announcing = spawnSync(daemon, ["--config", configuration, "announce", "Tea at <i>four</i>"]);
  assert.equal(announcing.status, 0);
  await bob.page.locator("#announcement-text", { hasText: "Tea at <i>four</i>" }).waitFor();
}

async function survive(server, ann, bob) {
  server.child.kill("SIGKILL");
  await ann.stateIs("waiting");
  await ann.picture("4-connection-lost");
  await ann.page.fill("#text", "typed meanwhile");
  configure(server.ports);
  const again = await startDaemon();
  const nora = new Netcat(again.ports.line, "nora");
  await nora.hears("In lobby now:");
  nora.say("after the storm");
  for (const tab of [ann, bob]) {
    await tab.stateIs("open");
    await tab.sees("after the storm");
  }
  await ann.page.press("#text", "Enter");
  await bob.sees("typed meanwhile");
  await nora.hears("ann: typed meanwhile");
  for (const tab of [ann, bob])
    for (const text of ["Good morning, everybody", "hello from a terminal", "after the storm", "typed meanwhile"])
      assert.equal(await tab.times(text), 1, text);
  return [again, nora];
}

async function notice(server, ann) {
  server.child.kill("SIGSTOP");
  await ann.stateIs("slow");
  server.child.kill("SIGCONT");
  await ann.stateIs("open");
}

async function main() {
  configure({});
  let server = await startDaemon();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: patience });
  const url = `http://127.0.0.1:${server.ports.web}/`;
  try {
    const ann = await Tab.open(browser, url, { colorScheme: "light", viewport: { width: 1100, height: 700 } });
    await ann.picture("1-door");
    const bob = await Tab.open(browser, url, { colorScheme: "dark", viewport: { width: 390, height: 780 } });
    await ann.enter("ann");
    await bob.page.fill("#name", "ann");
    await bob.page.press("#name", "Enter");
    await bob.page.locator("#enter-problem", { hasText: "in use" }).waitFor();
    await bob.enter("bob");
    let nora = new Netcat(server.ports.line, "nora");
    await nora.hears("In lobby now:");
    await talk(ann, bob, nora);
    await ann.picture("2-room-light");
    await bob.picture("3-room-phone-dark");
    [server, nora] = await survive(server, ann, bob);
    await bob.page.setViewportSize({ width: 1100, height: 700 });
    await bob.picture("5-room-dark");
    await ann.page.setViewportSize({ width: 390, height: 780 });
    await ann.page.click("#menu");
    await ann.picture("6-menu-phone-light");
    await ann.page.keyboard.press("Escape");
    await notice(server, ann);
    nora.say("/quit");
    await ann.sees("nora has left");
    assert.deepEqual([...ann.errors, ...bob.errors], []);
    await ann.page.click("#menu");
    await ann.page.click("#leave");
    await ann.page.waitForSelector("#gate:not([hidden])");
    await bob.sees("ann has left");
  } finally {
    await browser.close();
    server.child.kill("SIGTERM");
    await eventually(() => server.child.exitCode !== null, "the server ends");
  }
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
