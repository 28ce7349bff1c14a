// What this member knows: its conversations, who is in them, and what was said. No markup, no
// network: messages of the server in, and `changed(what)` out.

const mostLines = 2000;

export class Conversation {
  constructor(title, isRoom) {
    this.title = title;
    this.isRoom = isRoom;
    this.topic = "";
    this.members = new Set();
    this.lines = []; // by time, then by id
    this.known = new Set(); // of what was said: it is shown once, however often it comes
    this.unread = 0;
    this.hasOlder = false; // as far as is known
    this.isAsking = false;
  }

  /** Puts a line in its place; false if it is there already. */
  add(line) {
    if (line.id) {
      const key = `${line.id}@${line.time}`;
      if (this.known.has(key)) return false;
      this.known.add(key);
    }
    let place = this.lines.length;
    while (place > 0 && isBefore(line, this.lines[place - 1])) place -= 1;
    this.lines.splice(place, 0, line);
    if (this.lines.length > mostLines) {
      const dropped = this.lines.shift();
      if (dropped.id) this.hasOlder = true;
    }
    return true;
  }

  oldestId() {
    return this.lines.find((line) => line.id)?.id;
  }
  newestId() {
    return this.lines.findLast((line) => line.id)?.id;
  }
}

function isBefore(one, other) {
  if (one.isPending || other.isPending) return !one.isPending && Boolean(other.isPending);
  if (one.time !== other.time) return one.time < other.time;
  return Boolean(one.id && other.id) && one.id < other.id;
}

const keyOf = (name, isRoom) => (isRoom ? "#" : "@") + name.normalize("NFKC").toLowerCase();

export class Rooms {
  /** `changed(conversation, line)`: something about it has; without any: about all. */
  constructor(changed) {
    this.changed = changed;
    this.all = new Map();
    this.current = null;
    this.name = "";
    this.pending = new Map(); // label to [conversation, line]
  }

  find(title, isRoom) {
    return this.all.get(keyOf(title, isRoom));
  }

  open(title, isRoom) {
    const key = keyOf(title, isRoom);
    if (!this.all.has(key)) this.all.set(key, new Conversation(title, isRoom));
    this.current ??= this.all.get(key);
    return this.all.get(key);
  }

  show(conversation) {
    this.current = conversation;
    conversation.unread = 0;
    this.changed();
  }

  close(conversation) {
    this.all.delete(keyOf(conversation.title, conversation.isRoom));
    if (this.current === conversation) this.current = [...this.all.values()][0] ?? null;
    this.changed();
  }

  /** What this member has said and nobody has confirmed. */
  addPending(conversation, label, line) {
    const full = { ...line, time: Date.now(), name: this.name, isPending: true };
    this.pending.set(label, [conversation, full]);
    conversation.add(full);
    this.changed(conversation, full);
  }

  settle(label, isUnsure = false) {
    const [conversation, line] = this.pending.get(label) ?? [];
    if (!line) return;
    this.pending.delete(label);
    if (isUnsure) {
      line.isPending = false;
      line.isUnsure = true;
    } else {
      conversation.lines.splice(conversation.lines.indexOf(line), 1);
    }
    this.changed(conversation);
  }

  note(conversation, text, message, kind = "event") {
    const line = { kind, text, time: message.time ?? Date.now() };
    conversation.add(line);
    this.changed(conversation, line);
  }

  said(message) {
    const isRoom = Boolean(message.room);
    const isMine = message.name === this.name;
    const conversation = this.open(message.room ?? (isMine ? message.to : message.name), isRoom);
    const line = { kind: message.manner ?? "message", ...message };
    if (!conversation.add(line)) return;
    if (conversation !== this.current || document.hidden) conversation.unread += isMine ? 0 : 1;
    this.changed(conversation, line);
  }

  history(message) {
    const conversation = this.find(message.room, true);
    if (!conversation) return;
    for (const one of message.messages) conversation.add({ kind: one.manner ?? "message", ...one });
    this.changed(conversation);
  }

  /** To each conversation with `name` in it, `act`. */
  with(name, act) {
    for (const conversation of this.all.values())
      if (conversation.isRoom ? conversation.members.has(name) : conversation.title === name)
        act(conversation);
  }

  renamed(message) {
    if (message.name === this.name) this.name = message.to;
    this.with(message.name, (conversation) => {
      if (conversation.members.delete(message.name)) conversation.members.add(message.to);
      this.note(conversation, `${message.name} is now ${message.to}`, message);
    });
    const own = this.find(message.name, false);
    if (own && !this.find(message.to, false)) {
      this.all.delete(keyOf(message.name, false));
      own.title = message.to;
      this.all.set(keyOf(message.to, false), own);
    }
    this.changed();
  }

  entered(message) {
    const conversation = this.find(message.room, true);
    conversation?.members.add(message.name);
    if (conversation) this.note(conversation, `${message.name} has entered`, message);
  }

  left(message) {
    const reason = message.text ? `: ${message.text}` : "";
    const goes = (conversation) => {
      conversation.members.delete(message.name);
      this.note(conversation, `${message.name} has left${reason}`, message);
    };
    if (message.event === "quit") return this.with(message.name, goes);
    const conversation = this.find(message.room, true);
    if (conversation && message.name === this.name) this.close(conversation);
    else if (conversation) goes(conversation);
  }

  kicked(message) {
    const conversation = this.find(message.room, true);
    if (!conversation) return;
    const reason = message.text ? `: ${message.text}` : "";
    this.note(conversation, `${message.name} has kicked ${message.target}${reason}`, message);
    conversation.members.delete(message.target);
  }

  joined(message) {
    const conversation = this.open(message.room, true);
    conversation.members = new Set(message.members);
    conversation.topic = message.topic ?? conversation.topic;
    this.changed(conversation);
  }

  topic(message) {
    const conversation = this.find(message.room, true);
    if (!conversation) return;
    conversation.topic = message.text;
    if (message.event === "topic_changed")
      this.note(conversation, `${message.name} changed the topic to: ${message.text}`, message);
    this.changed(conversation);
  }

  toAll(text, message, kind) {
    for (const conversation of this.all.values()) this.note(conversation, text, message, kind);
  }
}
