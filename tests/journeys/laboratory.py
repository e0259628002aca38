"""What a trainee does inside a Lab, through Jupyter's own API with the browser's session."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

RUN_IN_KERNEL = """
async ([base, code]) => {
  const xsrf = (document.cookie.match(/(?:^|; )_xsrf=([^;]+)/) || [])[1] || "";
  const headers = {"Content-Type": "application/json", "X-XSRFToken": xsrf};
  const made = await fetch(base + "api/kernels", {method: "POST", headers, body: JSON.stringify({name: "python3"})});
  const kernel = await made.json();
  const socket = new WebSocket((base + "api/kernels/" + kernel.id + "/channels").replace(/^http/, "ws"));
  await new Promise((done, failed) => { socket.onopen = done; socket.onerror = failed; });
  let output = "";
  const finished = new Promise((done) => {
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.msg_type === "stream") output += message.content.text;
      if (message.msg_type === "error") output += message.content.ename + ": " + message.content.evalue;
      if (message.msg_type === "status" && message.content.execution_state === "idle"
          && message.parent_header.msg_id === "journey") done();
    };
  });
  socket.send(JSON.stringify({
    header: {msg_id: "journey", msg_type: "execute_request", username: "", session: "journey", version: "5.3", date: ""},
    parent_header: {}, metadata: {}, channel: "shell", buffers: [],
    content: {code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true},
  }));
  await finished;
  socket.close();
  await fetch(base + "api/kernels/" + kernel.id, {method: "DELETE", headers});
  return output;
}
"""


def lab_base(page: Page) -> str:
    """Address of the trainee's own server, from the page that is open in it: `http://…/user/u3/`."""
    head, _, tail = page.url.partition("/user/")
    return f"{head}/user/{tail.split('/')[0]}/"


def run_in_kernel(page: Page, code: str) -> str:
    """Text that `code` prints in a fresh kernel of the trainee's Lab, or its error."""
    return str(page.evaluate(RUN_IN_KERNEL, [lab_base(page), code]))


def read_notebook(page: Page, path: str) -> dict[str, Any]:
    """Return the notebook at `path` in the trainee's home."""
    response = page.request.get(f"{lab_base(page)}api/contents/{path}?content=1")
    assert response.ok, response.text()
    return dict(response.json()["content"])


def write_notebook(page: Page, path: str, notebook: dict[str, Any]) -> None:
    """Save the notebook as the Lab's own save button does."""
    body = json.dumps({"type": "notebook", "format": "json", "content": notebook})
    xsrf = page.evaluate("(document.cookie.match(/(?:^|; )_xsrf=([^;]+)/) || [])[1] || ''")
    response = page.request.put(
        f"{lab_base(page)}api/contents/{path}",
        data=body,
        headers={"Content-Type": "application/json", "X-XSRFToken": str(xsrf)},
    )
    assert response.ok, response.text()


def with_answers(notebook: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    """Return the notebook with the sources of solution cells (by grade_id) replaced by `answers`."""
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
    return notebook


def answers_of(source: dict[str, Any]) -> dict[str, str]:
    """Return sources of the solution cells of an instructor's notebook, by grade_id."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in source["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
