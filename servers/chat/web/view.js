// The page: what is known (rooms.js) as elements. Whatever members typed becomes text nodes and
// links, by the DOM alone.

import { linkified } from "./links.js";

export const element = (id) => document.getElementById(id);

function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function hueOf(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 8191;
  return `hue-${sum % 8}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });

function lineElement(line) {
  const when = make("time", "", clock.format(line.time));
  when.dateTime = new Date(line.time).toISOString();
  when.title = day.format(line.time);
  const words = make("span", "words");
  const isSpeech = ["message", "action", "notice"].includes(line.kind);
  if (isSpeech) {
    const who = make("span", `who ${hueOf(line.name)}`, make("bdi", "", line.name));
    words.append(who);
  }
  words.append(make("bdi", "", linkified(line.text))); // whichever way it runs, alone
  const item = make("li", line.kind, when, words);
  if (line.isPending) item.classList.add("pending");
  if (line.isUnsure) item.classList.add("unsure");
  return item;
}

export class View {
  #shown = null; // the conversation in the log
  #count = 0; // of its lines there

  constructor(rooms, actions) {
    this.rooms = rooms;
    this.actions = actions;
    this.scroll = element("scroll");
    this.log = element("log");
    element("newest").addEventListener("click", () => this.toEnd());
    this.scroll.addEventListener("scroll", () => {
      if (this.isAtEnd()) element("newest").hidden = true;
    });
    this.#panel("menu", "rooms-panel");
    this.#panel("people", "people-panel");
    element("announcement-close").addEventListener("click", () => {
      element("announcement").hidden = true;
    });
  }

  #panel(button, panel) {
    element(button).addEventListener("click", () => {
      const isOpen = element(panel).classList.toggle("open");
      element(button).setAttribute("aria-expanded", String(isOpen));
      if (isOpen) element(panel).querySelector("button, input")?.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closePanels();
    });
    element("scroll").addEventListener("pointerdown", () => this.closePanels());
  }

  closePanels() {
    for (const [button, panel] of [["menu", "rooms-panel"], ["people", "people-panel"]]) {
      element(panel).classList.remove("open");
      element(button).setAttribute("aria-expanded", "false");
    }
  }

  isAtEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 60;
  }
  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    element("newest").hidden = true;
  }

  enterChat() {
    element("gate").hidden = true;
    element("chat").hidden = false;
    element("text").focus();
  }
  leaveChat(problem) {
    element("gate").hidden = false;
    element("chat").hidden = true;
    element("enter-problem").textContent = problem;
    element("name").focus();
  }

  problem(text) {
    element("problem").textContent = text;
  }

  announce(text) {
    element("announcement-text").replaceChildren(linkified(text));
    element("announcement").hidden = false;
  }

  state(state, text) {
    const shown = element("state");
    if (shown.dataset.state === state && shown.textContent === text) return;
    shown.dataset.state = state;
    shown.textContent = text;
  }

  /** Draws what has changed: one line more, one conversation, or everything. */
  draw(conversation, line) {
    const current = this.rooms.current;
    this.#drawConversations();
    if (!current) {
      this.log.replaceChildren();
      this.#shown = null;
    }
    if (!current || (conversation && conversation !== current)) return;
    element("title").textContent = current.title;
    element("topic").replaceChildren(linkified(current.topic));
    element("text").placeholder = `Message ${current.isRoom ? "" : "to "}${current.title}`;
    element("me").textContent = this.rooms.name;
    this.#drawMembers(current);
    this.#drawLines(current, line);
    element("older").hidden = !current.hasOlder || !current.oldestId();
    document.title = `${current.title} – Tern chat`;
  }

  #drawLines(current, line) {
    const wasAtEnd = this.isAtEnd() || this.#shown !== current;
    const isNext = line && current.lines.at(-1) === line && this.#shown === current &&
      this.#count + 1 === current.lines.length;
    const height = this.scroll.scrollHeight;
    if (isNext) this.log.append(lineElement(line));
    else this.log.replaceChildren(...current.lines.map(lineElement));
    const hadFewer = this.#shown === current && current.lines.length > this.#count;
    this.#shown = current;
    this.#count = current.lines.length;
    if (wasAtEnd) this.toEnd();
    else if (isNext) element("newest").hidden = false;
    else if (hadFewer && this.scroll.scrollTop < 200) // older ones above: what was read stays
      this.scroll.scrollTop += this.scroll.scrollHeight - height;
  }

  #drawConversations() {
    let unread = 0;
    const items = [...this.rooms.all.values()].map((one) => {
      const button = make("button", "", make("span", "name", one.isRoom ? "# " : "@ ", make("bdi", "", one.title)));
      button.setAttribute("aria-current", String(one === this.rooms.current));
      if (one.unread) {
        button.append(make("span", "badge", String(one.unread)));
        button.setAttribute("aria-label", `${one.title}, ${one.unread} unread`);
      }
      unread += one.unread;
      button.addEventListener("click", () => {
        this.rooms.show(one);
        this.closePanels();
      });
      return make("li", "", button);
    });
    element("conversations").replaceChildren(...items);
    element("menu-unread").hidden = unread === 0;
    element("menu-unread").textContent = String(unread);
  }

  #drawMembers(current) {
    element("people-panel").hidden = !current.isRoom;
    const names = [...current.members].sort((one, other) => one.localeCompare(other));
    element("count").textContent = String(names.length);
    const items = names.slice(0, 500).map((name) => {
      const button = make("button", "", make("span", `name ${hueOf(name)}`, make("bdi", "", name)));
      button.title = `Talk to ${name} alone`;
      button.addEventListener("click", () => this.actions.talkTo(name));
      return make("li", "", button);
    });
    element("members").replaceChildren(...items);
  }
}
