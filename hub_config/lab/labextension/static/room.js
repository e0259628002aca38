// How much of its limits this lab uses: a meter, sentences before and after something ends, and what to delete.
import { element } from "./view.js";

const EVERY_MS = 5000;
const NEAR = 0.8;
const NEWS_LASTS_S = 600;

// Asks the lab's server, on behalf of every bar of this page.
export class Room {
  constructor({ client, words, tell, confirm }) {
    Object.assign(this, { client, words, tell, confirm });
    this.meters = new Set();
    this.told = new Set();
    this.state = null;
    this.ask();
    setInterval(() => this.ask(), EVERY_MS);
  }

  async ask() {
    const state = await this.client.room().catch(() => null);
    if (!state || !state.memory) return;
    this.state = state;
    for (const meter of this.meters) meter.draw(state);
    this.tellWhatEnded(state);
    this.tellOnce(
      "memory-near",
      state.memory.used >= NEAR * state.memory.limit,
      this.words.memoryNear(...shares(state.memory.used, state.memory.limit)),
    );
    this.tellOnce("home-full", state.home.is_full, state.disk > 0 ? this.words.diskLow : this.words.homeFull);
    this.tellOnce("home-near", !state.home.is_full && homeShare(state.home) >= NEAR, this.words.homeNear);
  }

  tellWhatEnded(state) {
    for (const note of state.notes || []) {
      const key = `${note.kind}-${note.at}`;
      if (this.told.has(key) || !this.words.ended[note.kind]) continue;
      this.told.add(key);
      if (Date.now() / 1000 - note.at < NEWS_LASTS_S) this.say(this.words.ended[note.kind]);
    }
  }

  // A warning is said when it begins to hold, and again only after it did not.
  tellOnce(key, holds, text) {
    if (!holds && this.told.delete(key)) {
      for (const meter of this.meters) meter.unsay(key);
    } else if (holds && !this.told.has(key)) {
      this.told.add(key);
      this.say(text, key);
    }
  }

  say(text, key = "") {
    this.tell(text);
    for (const meter of this.meters) meter.say(text, key);
  }

  meter() {
    const made = new Meter(this);
    this.meters.add(made);
    if (this.state) made.draw(this.state);
    return made;
  }
}

class Meter {
  constructor(room) {
    this.room = room;
    const { words } = room;
    this.node = element("details", "cx-rule cx-room");
    this.node.hidden = true;
    this.summary = element("summary", "");
    this.space = gauge(words.space);
    this.memory = gauge(words.memory);
    this.idle = element("span", "cx-fact");
    this.summary.append(this.space.node, this.memory.node, this.idle);
    this.message = element("p", "cx-message");
    this.message.setAttribute("role", "status");
    this.list = element("div", "");
    this.node.append(this.summary, this.list);
    this.node.addEventListener("toggle", () => this.node.open && this.fill());
    this.wrapper = element("div", "");
    this.wrapper.append(this.node, this.message);
  }

  draw(state) {
    const { words } = this.room;
    const { memory, home } = state;
    this.node.hidden = false;
    this.space.draw(homeShare(home), `${shares(home.octets, home.limit).join("/")} GB`, home.is_full);
    this.memory.draw(memory.used / memory.limit, `${shares(memory.used, memory.limit).join("/")} GB`);
    const minutes = Math.ceil((state.idle_left_s ?? 0) / 60);
    this.idle.textContent = state.is_busy
      ? words.runsOn
      : state.idle_left_s === undefined
        ? ""
        : words.closesIn(minutes);
  }

  say(text, key = "") {
    this.message.textContent = text;
    this.message.dataset.kind = "warning";
    this.said = key;
  }

  // What no longer holds is no longer said.
  unsay(key) {
    if (this.said === key) this.message.textContent = "";
  }

  async fill() {
    const { words, client } = this.room;
    const found = await client.largest().catch(() => null);
    if (!found) {
      this.list.replaceChildren(element("p", "", words.failed));
      return;
    }
    const isEmpty = !found.files.length && !found.folders.length;
    const table = element("table", "cx-table");
    const body = element("tbody", "");
    for (const file of found.files) body.append(this.row(file.path, size(file.octets)));
    for (const folder of found.folders) body.append(this.row(`${folder.path}/`, words.entries(folder.files)));
    table.append(element("caption", "", isEmpty ? words.nothingLarge : words.largest), body);
    this.list.replaceChildren(element("p", "", words.roomHelp), table);
  }

  row(path, what) {
    const { words } = this.room;
    const row = element("tr", "");
    const name = element("th", "cx-text", path);
    name.scope = "row";
    const button = element("button", "cx-button", words.remove);
    button.type = "button";
    button.setAttribute("aria-label", `${words.remove} ${path}`);
    button.addEventListener("keydown", (event) => event.stopPropagation());
    button.addEventListener("click", () => this.remove(path, button));
    const cell = element("td", "");
    cell.append(button);
    row.append(name, element("td", "cx-points", what), cell);
    return row;
  }

  async remove(path, button) {
    const { words, client, confirm } = this.room;
    if (!(await confirm(words.remove, words.askRemove(path), words.remove))) return;
    button.disabled = true;
    try {
      await client.remove(path);
      await this.fill();
    } catch (error) {
      this.say(error.message || words.failed);
      button.disabled = false;
    }
  }

  close() {
    this.room.meters.delete(this);
  }
}

function gauge(name) {
  const node = element("span", "cx-gauge");
  const text = element("span", "");
  const meter = element("meter", "");
  meter.min = 0;
  meter.max = 1;
  meter.high = NEAR;
  meter.low = NEAR;
  meter.optimum = 0;
  meter.setAttribute("aria-label", name);
  node.append(text, meter);
  return {
    node,
    draw(share, words, isFull = false) {
      text.textContent = `${name} ${words}`;
      meter.value = Math.min(1, share);
      node.dataset.kind = isFull || share >= NEAR ? "warning" : "";
    },
  };
}

function homeShare(home) {
  return Math.max(home.octets / home.limit, home.files / home.files_limit);
}

function shares(used, limit) {
  return [used, limit].map((octets) => (octets / 2 ** 30).toFixed(1));
}

function size(octets) {
  return octets >= 2 ** 30 ? `${(octets / 2 ** 30).toFixed(1)} GB` : `${Math.max(0.1, octets / 2 ** 20).toFixed(1)} MB`;
}
