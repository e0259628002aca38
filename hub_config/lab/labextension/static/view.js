// Small pieces of the bar's page.

export function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// A moment as people of the province read it, wherever this computer believes to be.
export function moment(iso, words) {
  if (!iso) return "";
  const shape = {
    timeZone: "Asia/Shanghai",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  return new Intl.DateTimeFormat(words.language, shape).format(new Date(iso));
}

function fact(list, name, value, className = "") {
  if (!value) return;
  list.append(element("dt", "", name), element("dd", className, value));
}

function questionRow(question, words) {
  const row = element("tr", "");
  const title = element("th", "", question.title || question.id);
  title.scope = "row";
  const verdict = element("td", "cx-verdict", words.verdicts[question.verdict] || question.verdict);
  verdict.dataset.verdict = question.verdict;
  const isScored = question.score !== null && question.score !== undefined;
  row.append(
    title,
    verdict,
    element("td", "cx-points", isScored ? `${question.score}/${question.max_score}` : `–/${question.max_score}`),
  );
  row.append(element("td", "cx-text", question.message || ""));
  return row;
}

export function resultView(result, words) {
  const view = document.createDocumentFragment();
  const facts = element("dl", "cx-facts");
  fact(facts, words.receipt, result.receipt);
  fact(facts, words.receivedAt, moment(result.received_at, words));
  if (result.receipt) fact(facts, words.digest, result.sha256, "cx-digest");
  view.append(facts);
  const table = element("table", "cx-table");
  const head = element("tr", "");
  for (const name of [words.question, words.verdict, words.points, words.message]) {
    const cell = element("th", "", name);
    cell.scope = "col";
    head.append(cell);
  }
  const top = element("thead", "");
  top.append(head);
  const body = element("tbody", "");
  body.append(...(result.questions || []).map((question) => questionRow(question, words)));
  table.append(top, body);
  view.append(table);
  return view;
}
