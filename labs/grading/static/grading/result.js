// The result of a lab appears without reloading: asks for a small status, less often the longer nothing changes.

const region = document.getElementById("results");
const QUICK = 1500;
const SLOWEST = 30000;
// What the page shows already: whatever else the server answers is news, even the first time.
let tag = region?.dataset.tag ?? "";
let pause = region?.dataset.waiting ? QUICK : 5000;

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("results");
  if (fresh) {
    for (const part of document.querySelectorAll("[data-renew]")) {
      part.replaceChildren(...(page.getElementById(part.id)?.childNodes ?? []));
      globalThis.htmx?.process(part); // what renews itself, as a certificate being made does
    }
    region.replaceChildren(...fresh.childNodes);
    region.dataset.waiting = fresh.dataset.waiting;
    tag = fresh.dataset.tag;
  }
}

async function look() {
  try {
    const response = await fetch(region.dataset.poll, {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
    });
    if (response.status === 200) {
      await refresh();
      pause = region.dataset.waiting ? QUICK : 5000;
    } else if (response.status === 304) {
      pause = Math.min(pause * 1.3, region.dataset.waiting ? 8000 : SLOWEST);
    } else {
      pause = SLOWEST;
    }
  } catch {
    pause = SLOWEST;
  }
  schedule();
}

let timer = 0;
function schedule() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, pause);
}

if (region) {
  schedule();
  document.addEventListener("visibilitychange", () => {
    pause = QUICK;
    schedule();
  });
}
