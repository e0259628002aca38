// The bar of one notebook: what is due, and the buttons. All text goes in as text, never as HTML.
import { ruleView } from "./gate.js";
import { element, moment, resultView } from "./view.js";

const POLL_MS = 2000;
const DONE = ["graded", "needs_manual", "failed", "replaced"];

export class Bar {
  constructor({ assignment, isAway, client, words, room, save, reload, ask }) {
    Object.assign(this, { assignment, client, words, save, reload, ask });
    this.meter = room.meter();
    this.clockOffset = Date.parse(assignment.now) - Date.now() || 0;
    this.isStopped = false;
    this.watching = 0;
    this.pendingKey = null;
    this.build();
    this.draw();
    this.clock = setInterval(() => this.draw(), 30000);
    if (isAway) this.say(words.away, "warning");
    this.showRule();
    if (assignment.latest) this.follow(assignment.latest.uuid, { isCheck: false, isQuiet: true });
  }

  build() {
    const { words, assignment } = this;
    this.title = element("strong", "cx-title", this.titleText());
    this.due = element("span", "cx-fact");
    this.attempts = element("span", "cx-fact");
    this.score = element("span", "cx-fact cx-score");
    this.message = element("span", "cx-message");
    this.message.setAttribute("role", "status");
    this.checkButton = this.button(words.check, "cx-button", () => this.check());
    this.submitButton = this.button(words.submit, "cx-button cx-primary", () => this.submit());
    this.resultButton = this.button(words.result, "cx-button", () => this.toggleResult());
    this.resultButton.setAttribute("aria-expanded", "false");
    this.resultButton.hidden = !assignment.latest;
    this.restartButton = this.button(words.restart, "cx-button", () => this.restart());
    const buttons = element("span", "cx-buttons");
    buttons.append(this.checkButton, this.submitButton, this.resultButton, this.restartButton);
    const line = element("div", "cx-line");
    line.append(this.title, this.due, this.attempts, this.score, this.message, buttons);
    this.panel = element("div", "cx-panel");
    this.panel.hidden = true;
    this.inner = element("div", "cx-inner");
    this.inner.append(line, this.panel, this.meter.wrapper);
    this.node = element("section", "cx-bar");
    this.node.setAttribute("aria-label", words.region);
    this.node.append(this.inner);
  }

  // Before anybody downloads: by which rule files leave. Without an answer the server still holds them back.
  async showRule() {
    const rule = await this.client.rule().catch(() => null);
    if (rule) this.inner.append(ruleView(rule, this.words));
  }

  titleText() {
    const { title, title_en: titleEn } = this.assignment;
    return this.words.language === "en-GB" ? titleEn || title : title;
  }

  button(text, className, action) {
    const made = element("button", className, text);
    made.type = "button";
    // Jupyter's own shortcuts must not take the keys that press this button.
    made.addEventListener("keydown", (event) => event.stopPropagation());
    made.addEventListener("click", () => this.run(action));
    return made;
  }

  async run(action) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.draw();
    try {
      await action();
    } catch (error) {
      this.say(error.message || this.words.failed, "warning");
    } finally {
      this.isBusy = false;
      this.draw();
    }
  }

  draw() {
    const { assignment, words } = this;
    const now = Date.now() + this.clockOffset;
    const due = assignment.due_at ? Date.parse(assignment.due_at) : null;
    const minutes = due === null ? 0 : Math.floor((due - now) / 60000);
    const closes = assignment.closes_at ? Date.parse(assignment.closes_at) : due;
    const isClosed = assignment.state === "closed" || (closes !== null && closes <= now);
    const isLate = !isClosed && due !== null && due <= now;
    if (assignment.state === "not_open") this.due.textContent = words.notOpen(moment(assignment.opens_at, words));
    else if (assignment.state === "frozen")
      this.due.textContent = assignment.reason?.[words.messageKey] ?? words.closed;
    else if (isClosed) this.due.textContent = words.closed;
    else if (isLate) this.due.textContent = words.late(moment(assignment.closes_at, words), assignment.late_percent);
    else if (due !== null)
      this.due.textContent = `${words.due(moment(assignment.due_at, words))} · ${words.left(Math.floor(minutes / 1440), Math.floor(minutes / 60), minutes)}`;
    const max = assignment.attempts_max;
    const left = max ? Math.max(0, max - assignment.attempts_used) : null;
    this.attempts.textContent = left === null ? words.unlimited : left ? words.attempts(left, max) : words.noAttempts;
    const cannotSubmit = isClosed || left === 0 || ["not_open", "frozen"].includes(assignment.state);
    for (const button of [this.checkButton, this.submitButton, this.resultButton, this.restartButton])
      button.disabled = Boolean(this.isBusy);
    if (cannotSubmit) this.submitButton.disabled = true;
  }

  say(text, kind = "") {
    this.message.textContent = text;
    this.message.dataset.kind = kind;
  }

  async saved() {
    this.say(this.words.saving);
    const slow = setTimeout(() => this.say(this.words.labWaits, "warning"), 1500);
    const isReached = await this.client.whenReached(15000);
    clearTimeout(slow);
    if (!isReached) throw new Error(this.words.labAway);
    try {
      await this.save();
    } catch (error) {
      throw new Error(error?.response?.status === 507 ? this.words.noRoom : this.words.saveFailed);
    }
  }

  async check() {
    await this.saved();
    this.say(this.words.checking);
    const { uuid } = await this.client.check(this.assignment.uuid);
    this.follow(uuid, { isCheck: true });
  }

  async submit() {
    const { assignment, words } = this;
    const max = assignment.attempts_max;
    if (
      max &&
      !(await this.ask(words.submit, words.askSubmit(Math.max(0, max - assignment.attempts_used - 1)), words.submit))
    )
      return;
    await this.saved();
    this.say(words.sending);
    // Kept until an answer came: a repeated click after a lost answer gets the same receipt.
    this.pendingKey = this.pendingKey || newKey();
    let receipt;
    try {
      receipt = await this.client.submit(assignment.uuid, this.pendingKey);
    } catch (error) {
      if (error.code !== "portal_away" && error.code !== "lab_away") this.pendingKey = null;
      throw error;
    }
    this.pendingKey = null;
    assignment.attempts_used = receipt.attempt || assignment.attempts_used + 1;
    this.say(words.received(receipt.receipt), "good");
    this.follow(receipt.uuid, { isCheck: false, receipt: receipt.receipt });
  }

  async restart() {
    const { words } = this;
    if (!(await this.ask(words.restart, words.askRestart, words.restart))) return;
    await this.saved();
    const { kept } = await this.client.reset(this.assignment.uuid);
    await this.reload();
    this.say(kept.length ? words.restarted(kept.join("、")) : words.restartedPlain, "good");
  }

  // Watches one submission or check until it is done; a newer one takes its place.
  async follow(uuid, { isCheck, isQuiet = false, receipt = "" }) {
    const turn = ++this.watching;
    let etag = "";
    for (let wait = POLL_MS; !this.isStopped && turn === this.watching; ) {
      try {
        const answer = await this.client.status(uuid, etag);
        etag = answer.etag;
        wait = POLL_MS;
        if (answer.status && turn === this.watching) {
          if (!isQuiet || !DONE.includes(answer.status.status)) this.report(answer.status, isCheck, receipt);
          if (DONE.includes(answer.status.status)) return this.finish(answer.status, isCheck, isQuiet);
        }
      } catch {
        if (!isQuiet) this.say(this.words.reconnecting, "warning");
        wait = Math.min(wait * 1.5, 10000);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  report(status, isCheck, receipt) {
    const { words } = this;
    const before = receipt ? `${words.received(receipt)} · ` : "";
    const done = {
      graded: isCheck ? words.checked : words.graded,
      needs_manual: isCheck ? words.checked : words.manual,
      failed: words.gradingFailed,
      replaced: words.checkReplaced,
    };
    const text =
      status.status === "queued"
        ? words.queued(status.place, status.eta_s)
        : status.status === "running"
          ? isCheck
            ? words.checking
            : words.running
          : done[status.status];
    this.say(
      before + text,
      ["failed", "replaced"].includes(status.status) ? "warning" : DONE.includes(status.status) ? "good" : "",
    );
  }

  async finish(status, isCheck, isQuiet) {
    // It was not run: there is no result to show.
    if (status.status === "replaced") return;
    if (!isCheck && status.score !== null && status.score !== undefined) {
      this.score.textContent = this.words.score(status.score, status.max_score);
      this.score.dataset.kind = status.passed ? "good" : "";
    }
    this.shown = { uuid: status.uuid, isCheck };
    this.resultButton.hidden = false;
    if (!isQuiet) await this.showResult().catch((error) => this.say(error.message, "warning"));
  }

  async toggleResult() {
    if (this.panel.hidden) await this.showResult();
    else this.hideResult();
  }

  hideResult() {
    this.panel.hidden = true;
    this.resultButton.setAttribute("aria-expanded", "false");
  }

  async showResult() {
    const uuid = this.shown ? this.shown.uuid : this.assignment.latest && this.assignment.latest.uuid;
    if (!uuid) return;
    this.panel.replaceChildren(resultView(await this.client.result(uuid), this.words));
    this.panel.hidden = false;
    this.resultButton.setAttribute("aria-expanded", "true");
  }

  stop() {
    this.isStopped = true;
    this.meter.close();
    clearInterval(this.clock);
  }
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
