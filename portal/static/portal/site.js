// What every page gains from JavaScript. Each part is an addition: without it the page works the same, only with more loading.

/** Say something in the live region; it goes away by itself. */
export function toast(text) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const item = document.createElement("p");
  item.className = "toast";
  item.textContent = text;
  region.append(item);
  setTimeout(() => item.remove(), 6000);
}

// A server answer to htmx may carry HX-Trigger: {"toast": {"value": "…"}}.
document.addEventListener("toast", (event) => toast(event.detail?.value ?? event.detail));

// Menus (details.menu) close on Escape and when the reader turns elsewhere.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-dialog], [data-close], [data-copy], [data-print]");
  if (!target) return;
  // A link to a page that asks the same question opens the dialog in place.
  const dialog = document.getElementById(target.dataset.dialog ?? "");
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if ("close" in target.dataset) {
    event.preventDefault();
    target.closest("dialog")?.close();
  }
  if ("print" in target.dataset) window.print();
  if ("copy" in target.dataset) {
    await navigator.clipboard?.writeText(target.dataset.copy);
    toast(target.dataset.copied);
  }
});

// Buttons that need JavaScript are hidden in the page and shown here.
for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

// A form is sent once: a second press while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.addEventListener("htmx:afterRequest", (event) => delete event.target.dataset?.sent);

// Errors first: the summary takes the focus.
document.querySelector(".error-summary")?.focus();

// The entry of the contents whose section is being read.
const entries = new Map(
  [...document.querySelectorAll(".toc a[href^='#']")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]),
);
if (entries.size) {
  // The last title above the place that is read: a jump to a clause is still in the chapter before the next title.
  const mark = () => {
    let here;
    for (const [id, a] of entries) {
      if ((document.getElementById(id)?.getBoundingClientRect().top ?? Infinity) <= innerHeight * 0.15) here = a;
    }
    for (const a of entries.values()) a.toggleAttribute("aria-current", false);
    here?.setAttribute("aria-current", "location");
  };
  let waits = false;
  const soon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      mark();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  mark();
}
