// Speaks to this lab's own server, which speaks to the portal.

export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Client {
  constructor(connection, settings, words) {
    this.connection = connection;
    this.settings = settings;
    this.words = words;
  }

  state(path) {
    return this.json("GET", `state?path=${encodeURIComponent(path)}`);
  }

  check(uuid) {
    return this.json("POST", `check/${uuid}`);
  }

  submit(uuid, key) {
    return this.json("POST", `submit/${uuid}`, { "Idempotency-Key": key });
  }

  reset(uuid) {
    return this.json("POST", `reset/${uuid}`);
  }

  result(uuid) {
    return this.json("GET", `result/${uuid}`);
  }

  // By which rule files leave this lab, and what became of held ones.
  rule() {
    return this.json("GET", "outgoing");
  }

  // How much of its limits the lab uses. Asking is no use of it.
  room() {
    return this.json("GET", "room?no_track_activity=1");
  }

  largest() {
    return this.json("GET", "room/largest");
  }

  async remove(path) {
    const response = await this.send("DELETE", `room/largest?path=${encodeURIComponent(path)}`, {});
    if (!response.ok) await this.read(response);
  }

  // Whether a file may leave now.
  mayLeave(path) {
    return this.json("POST", `outgoing?path=${encodeURIComponent(path)}`);
  }

  // Resolves to whether the lab's server answered within the time.
  async whenReached(patience) {
    for (const until = Date.now() + patience; ; ) {
      try {
        const response = await this.connection.makeRequest(`${this.settings.baseUrl}api/status`, {}, this.settings);
        if (response.ok) return true;
      } catch {
        // Not reached; the loop tries again.
      }
      if (Date.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  // Returns { etag, status }, with status null while nothing changed.
  async status(uuid, etag) {
    const response = await this.send("GET", `status/${uuid}`, etag ? { "If-None-Match": etag } : {});
    if (response.status === 304) return { etag, status: null };
    return { etag: response.headers.get("ETag") || "", status: await this.read(response) };
  }

  async json(method, path, headers = {}) {
    return this.read(await this.send(method, path, headers));
  }

  async send(method, path, headers) {
    const url = `${this.settings.baseUrl}chengxue/${path}`;
    try {
      return await this.connection.makeRequest(url, { method, headers }, this.settings);
    } catch {
      throw new Refusal("lab_away", this.words.labAway);
    }
  }

  async read(response) {
    let body = null;
    try {
      body = await response.json();
    } catch {
      body = null;
    }
    if (response.ok && body !== null) return body;
    const error = (body && body.error) || {};
    throw new Refusal(error.code || String(response.status), error[this.words.messageKey] || this.words.failed);
  }
}
