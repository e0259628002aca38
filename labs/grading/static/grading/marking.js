// Marking by keyboard, drafts kept as they are typed, the hold kept while the page is open. Without it the forms work the same.

const forms = [...document.querySelectorAll("[data-mark]")];
const script = document.querySelector("script[data-lock]");
const stock = JSON.parse(document.getElementById("stock")?.textContent ?? "[]");
const KEEP_EVERY = 60000;
let current = forms[0];

const send = (url, body) => fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
const hundredths = (label) => Number(label.querySelector("[data-points]").dataset.points);

// The levels give the points.
function add(form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const chosen = criteria.map((one) => one.querySelector("label:has(:checked)"));
  for (const [place, one] of criteria.entries()) one.classList.toggle("is-current", place === next(form));
  if (chosen.every(Boolean) && chosen.length) {
    form.querySelector("[name$=score]").value = chosen.map(hundredths).reduce((sum, points) => sum + points, 0) / 100;
  }
}

function next(form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const open = criteria.findIndex((one) => !one.querySelector(":checked"));
  return open === -1 ? criteria.length - 1 : open;
}

function lost(holder) {
  if (!holder) return;
  clearInterval(keeping);
  location.reload();
}

const timers = new Map();
function keep(form) {
  clearTimeout(timers.get(form));
  timers.set(
    form,
    setTimeout(async () => {
      const answer = await send(form.dataset.draftUrl, new FormData(form)).catch(() => null);
      if (!answer?.ok) return;
      const { saved, holder } = await answer.json();
      form.querySelector("[data-saved]").textContent = `✓ ${saved}`;
      lost(holder);
    }, 900),
  );
}

for (const form of forms) {
  form.addEventListener("focusin", () => (current = form));
  form.addEventListener("submit", () => clearTimeout(timers.get(form)));
  form.addEventListener("input", (event) => {
    if (event.target.type === "radio") add(form);
    keep(form);
  });
  const comment = form.querySelector("textarea");
  comment.addEventListener("input", () => {
    const typed = comment.value.slice(0, comment.selectionStart).match(/(?:^|\s)\/([\p{L}\p{N}]+)\s$/u);
    const found = typed && stock.find((one) => one.shortcut === typed[1].toLowerCase());
    if (found)
      comment.setRangeText(found.text, comment.selectionStart - typed[1].length - 2, comment.selectionStart, "end");
  });
  form.querySelector("select")?.addEventListener("change", (event) => {
    const found = stock.find((one) => one.uuid === event.target.value);
    if (found) comment.value = `${comment.value}\n${found.text}`.trim();
    event.target.value = "";
    comment.focus();
  });
  add(form);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
    return event.target.closest("[data-mark]")?.requestSubmit();
  if (event.key === "Escape" && event.target.matches("textarea, input")) return event.target.blur();
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target.closest("input:not([type=radio]), select, textarea, dialog")
  )
    return;
  if (event.key === "?") return document.getElementById("keys").showModal();
  const link = /^[jkq]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (link) return link.click();
  if (!current) return;
  if (event.key === "c") {
    event.preventDefault();
    current.querySelector("textarea").focus();
  } else if (/^[0-9]$/.test(event.key)) {
    event.preventDefault();
    const criterion = current.querySelectorAll("[data-criterion]")[next(current)];
    const radio = criterion?.querySelectorAll("input")[Number(event.key) - 1];
    const score = current.querySelector("[name$=score]");
    if (radio) radio.click();
    else if (!criterion) {
      score.value = event.key;
      score.focus();
    }
  }
});

const keeping = setInterval(async () => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ do: "keep", csrfmiddlewaretoken: token });
  const answer = await send(script.dataset.lock, body).catch(() => null);
  if (answer?.ok) lost((await answer.json()).holder);
}, KEEP_EVERY);
