// Brings the parts together: what the member does goes to the server, what the server says into
// the rooms, and these onto the page.

import { Connection } from "./connection.js";
import { Rooms } from "./rooms.js";
import { View, element } from "./view.js";

const refusals = {
  name_in_use: "This name is in use.",
  name_too_long: "This name is too long.",
  name_not_allowed: "A name consists of letters and digits of one script, without blanks.",
  name_empty: "A name is not empty.",
  no_such_person: "Nobody here is called that.",
  no_such_room: "There is no such room.",
  room_name_not_allowed: "A room cannot be called that.",
  room_full: "The room is full.",
  room_invite_only: "The room is for those who are invited.",
  room_key_wrong: "The room needs the right key: /join ROOM KEY",
  room_banned: "You are banned from the room.",
  room_moderated: "In this room only some may speak.",
  too_fast: "You are too fast: not said.",
  too_many_requests: "You are too fast: not done.",
  text_too_long: "This is too long: not said.",
  text_control: "Control characters cannot be sent.",
  muted: "You are muted.",
  banned: "You are banned.",
  server_full: "The server is full. Please try again later.",
  not_room_operator: "Only operators of the room may do that.",
};

const rooms = new Rooms((conversation, line) => view.draw(conversation, line));
const view = new View(rooms, { talkTo });
const connection = new Connection(heard, stateChanged);
const rejoins = new Set(); // rooms to go back to after a break that could not be mended
let hasEntered = false;

function talkTo(name) {
  if (name === rooms.name) return;
  rooms.show(rooms.open(name, false));
  view.closePanels();
  element("text").focus();
}

function stateChanged(state, detail) {
  if (state === "ended") {
    const why = {
      replaced: "This conversation goes on in another window.",
      idle: "You were silent for too long.",
      left: "",
    }[detail.reason ?? "left"] ?? "The conversation is over.";
    if (detail.reason || hasEntered) view.leaveChat(why);
    hasEntered = false;
    return view.state("ended", "Not connected");
  }
  const texts = {
    connecting: "Connecting",
    open: "Connected",
    slow: `Slow: ${((detail.took ?? 0) / 1000).toFixed(1)} s`,
    waiting: "Connection lost, trying again",
  };
  view.state(state, texts[state]);
  if (state === "waiting" && !hasEntered) element("enter-problem").textContent = texts.waiting;
}

/** After a break that could not be mended: the rooms, and what was said there meanwhile. */
function goBack(message) {
  rooms.joined(message);
  const conversation = rooms.find(message.room, true);
  const newest = conversation.newestId();
  rejoins.delete(message.room);
  if (newest) connection.ask({ request: "history", room: message.room, after: newest, most: 200 });
}

const handlers = {
  welcome(message) {
    rooms.name = message.name;
    connection.rename(message.name);
    if (hasEntered) for (const room of rejoins) connection.ask({ request: "join", room });
    hasEntered = true;
    view.enterChat();
    connection.ask({ request: "rooms" });
  },
  joined: goBack,
  members: (message) => rooms.joined(message),
  said(message) {
    if (message.label) rooms.settle(message.label);
    rooms.said(message);
  },
  history(message) {
    const conversation = rooms.find(message.room, true);
    if (!conversation) return;
    const newest = conversation.newestId();
    if (message.unasked) conversation.hasOlder = true;
    if (conversation.isAsking && !message.unasked) {
      conversation.isAsking = false;
      conversation.hasOlder = message.messages.length > 0;
    }
    rooms.history(message);
    if (!message.unasked && message.messages.length === 200 && conversation.newestId() !== newest)
      connection.ask({ request: "history", room: message.room, after: conversation.newestId(), most: 200 });
  },
  entered: (message) => rooms.entered(message),
  left: (message) => rooms.left(message),
  quit: (message) => rooms.left(message),
  kicked(message) {
    rooms.kicked(message);
  },
  renamed(message) {
    rooms.renamed(message);
    connection.rename(rooms.name);
  },
  topic: (message) => rooms.topic(message),
  topic_changed: (message) => rooms.topic(message),
  announced(message) {
    view.announce(message.text);
    rooms.toAll(`ADMINISTRATOR: ${message.text}`, message, "announced");
  },
  expelled(message) {
    view.leaveChat(message.text ? `You were sent away: ${message.text}` : "You were sent away.");
    hasEntered = false;
  },
  rooms(message) {
    const options = message.rooms.map((room) => {
      const option = document.createElement("option");
      option.value = room.name;
      return option;
    });
    element("known-rooms").replaceChildren(...options);
  },
  person_away: (message) => view.problem(`${message.name} is away: ${message.text}`),
  invited: (message) => view.problem(`${message.name} invites you to ${message.room}: /join ${message.room}`),
  ignoring: (message) => view.problem(`${message.target} is ${message.on ? "ignored" : "heard again"}`),
  away: (message) => view.problem(message.on ? "You are away: /away ends it" : "You are back"),
  lost(message) {
    for (const label of message.labels) rooms.settle(label, true);
    for (const one of rooms.all.values()) if (one.isRoom) rejoins.add(one.title);
  },
  refused,
};

function refused(message) {
  const text = refusals[message.reason] ?? `That was refused (${message.reason}).`;
  if (message.label) rooms.settle(message.label);
  if (hasEntered && rooms.name) {
    if (message.reason !== "already_in_room") view.problem(text);
    return;
  }
  connection.stop();
  view.leaveChat(text);
}

function heard(message) {
  handlers[message.event]?.(message);
}

// --- what the member does ----------------------------------------------------------------------

function say(conversation, text, manner) {
  const where = conversation.isRoom ? { room: conversation.title } : { to: conversation.title };
  const request = { request: "say", ...where, text };
  if (manner) request.manner = manner;
  const label = connection.ask(request);
  rooms.addPending(conversation, label, { kind: manner ?? "message", text });
}

const commands = {
  me: (text) => say(rooms.current, text, "action"),
  nick: (text) => connection.ask({ request: "rename", name: text }),
  join(text) {
    const [room, key] = text.split(/\s+/u);
    join(room, key);
  },
  part: () => rooms.current?.isRoom && connection.ask({ request: "part", room: rooms.current.title }),
  topic: (text) => connection.ask({ request: "topic", room: rooms.current.title, text }),
  msg(text) {
    const [name, ...words] = text.split(" ");
    talkTo(name);
    if (words.length) say(rooms.open(name, false), words.join(" "));
  },
  ignore: (text) => connection.ask({ request: "ignore", name: text }),
  away: (text) => connection.ask({ request: "away", text }),
  quit: () => connection.leave(),
};

function join(room, key) {
  const known = rooms.find(room, true);
  if (known) return rooms.show(known);
  const request = { request: "join", room };
  if (key) request.key = key;
  connection.ask(request);
  rooms.current = rooms.open(room, true);
}

element("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  element("enter-problem").textContent = "";
  rooms.all.clear();
  rooms.current = null;
  rooms.name = "";
  hasEntered = false;
  const name = element("name").value.trim();
  sessionStorage.setItem("name", name);
  connection.enter(name);
});

element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("text").value.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/gu, " ").trim();
  if (!text || !rooms.current) return;
  view.problem("");
  element("text").value = "";
  view.toEnd();
  const command = /^\/(\w+)\s*(.*)$/su.exec(text);
  if (!command) return say(rooms.current, text.replace(/^\/\//u, "/"));
  const act = Object.hasOwn(commands, command[1]) ? commands[command[1]] : null;
  if (act) act(command[2]);
  else view.problem(`There are ${Object.keys(commands).map((one) => `/${one}`).join(", ")}.`);
});

element("join").addEventListener("submit", (event) => {
  event.preventDefault();
  join(element("join-room").value.trim().replace(/^#/u, ""));
  element("join-room").value = "";
  view.closePanels();
});

function showOlder() {
  const conversation = rooms.current;
  const oldest = conversation?.oldestId();
  if (!oldest || !conversation.hasOlder || conversation.isAsking) return;
  conversation.isAsking = true;
  connection.ask({ request: "history", room: conversation.title, before: oldest, most: 50 });
}
element("older").addEventListener("click", showOlder);

element("rename").addEventListener("click", () => {
  const text = element("text");
  text.value = "/nick ";
  view.closePanels();
  text.focus();
});
element("leave").addEventListener("click", () => connection.leave());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && rooms.current) rooms.show(rooms.current);
});
element("name").value = sessionStorage.getItem("name") ?? "";
