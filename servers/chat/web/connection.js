// The way to the server: a WebSocket that comes back by itself, gets what it has missed exactly
// once and in order, and sends what was not answered yet once more.
//
// Messages with "event" are counted; a client that resumes says how many it has received. See
// web-chat.schema.json.

const pauses = [250, 500, 1000, 2000, 4000, 8000, 15000]; // milliseconds, before each attempt
const pingEvery = 5000;
const slowAfter = 1500;
const lostAfter = 20000;

export class Connection {
  #socket = null;
  #token = null;
  #received = 0;
  #name = null;
  #attempts = 0;
  #labels = 0;
  #unanswered = new Map(); // label to request, in the order of asking
  #pinged = 0; // when the open ping was sent; 0: none
  #timer = null;
  #isReady = false; // may send requests: entered, and told all that was missed
  #hasEnded = true;

  /** `heard(message)` for each message of the chat, `stateChanged(state, detail)` otherwise. */
  constructor(heard, stateChanged) {
    this.heard = heard;
    this.stateChanged = stateChanged;
    setInterval(() => this.#watch(), 1000);
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  enter(name) {
    this.#name = name;
    this.#token = null;
    this.#hasEnded = false;
    this.#attempts = 0;
    this.#unanswered.clear();
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send({ request: "enter", name });
    else this.#open();
  }

  /** Asks for something; the answer bears the label that this returns. */
  ask(request) {
    const label = String(++this.#labels);
    const labelled = { ...request, label };
    this.#unanswered.set(label, labelled);
    if (this.#isReady) this.#send(labelled);
    return label;
  }

  leave() {
    this.#end();
    if (this.#isReady) this.#send({ request: "quit" });
    else this.#socket?.close(1000);
  }

  #open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#isReady = false;
    this.#pinged = 0;
    this.stateChanged(this.#attempts ? "waiting" : "connecting", { attempt: this.#attempts });
    const socket = new WebSocket(new URL("socket", location.href.replace(/^http/u, "ws")));
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (message) => socket === this.#socket && this.#receive(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.#socket && this.#closed(event.code);
  }

  #opened() {
    if (this.#token) this.#send({ request: "resume", token: this.#token, received: this.#received });
    else this.#send({ request: "enter", name: this.#name });
  }

  #send(request) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #receive(message) {
    if (message.connection) return this.#receiveOwn(message);
    if (message.event === "welcome") {
      this.#token = message.token ?? null;
      this.#name = message.name;
      this.#received = 0;
    }
    this.#received += 1;
    if (message.label) this.#unanswered.delete(message.label);
    if (message.event === "expelled") this.#end();
    if (message.event === "welcome") this.#ready("welcome");
    this.heard(message);
  }

  /** What concerns this connection alone. */
  #receiveOwn(message) {
    if (message.label) this.#unanswered.delete(message.label);
    switch (message.connection) {
      case "pong":
        return this.#heardPong();
      case "resumed":
        this.#ready("resumed");
        return [...this.#unanswered.values()].forEach((request) => this.#send(request));
      case "not_resumed":
        this.#token = null;
        this.heard({ event: "lost", labels: [...this.#unanswered.keys()] });
        this.#unanswered.clear();
        return this.#send({ request: "enter", name: this.#name });
      case "ended":
        this.#end();
        return this.stateChanged("ended", { reason: message.reason });
      default:
        return this.heard({ event: "refused", reason: message.reason, label: message.label });
    }
  }

  #ready(how) {
    this.#isReady = true;
    this.#attempts = 0;
    this.stateChanged("open", { how });
  }

  rename(name) {
    this.#name = name;
  }

  #end() {
    this.#hasEnded = true;
    this.#token = null;
  }

  /** The server would not have us under this name: no further attempt. */
  stop() {
    this.#end();
  }

  #heardPong() {
    const took = performance.now() - this.#pinged;
    this.#pinged = 0;
    if (this.#isReady) this.stateChanged(took > slowAfter ? "slow" : "open", { took });
  }

  #lastPing = 0;
  #watch() {
    if (!this.#isReady || this.#socket?.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    if (!this.#pinged && now - this.#lastPing > pingEvery) {
      this.#pinged = this.#lastPing = now;
      this.#send({ request: "ping" });
    }
    const waits = this.#pinged ? now - this.#pinged : 0;
    if (waits > lostAfter) {
      this.#socket.close(4001); // its end may take long to come, so it is not waited for
      this.#closed(4001);
    } else if (waits > slowAfter) {
      this.stateChanged("slow", { took: waits });
    }
  }

  #closed(code) {
    this.#socket = null;
    this.#isReady = false;
    if (this.#hasEnded) return this.stateChanged("ended", { code });
    const longest = pauses[Math.min(this.#attempts, pauses.length - 1)];
    const pause = longest * (0.5 + Math.random() / 2); // not all at once
    this.#attempts += 1;
    this.stateChanged("waiting", { attempt: this.#attempts, pause, code });
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #hurry() {
    if (this.#timer && !this.#hasEnded) this.#open();
  }
}
