// A page that shows how far something is: its region is renewed until nothing is open.

const region = document.getElementById("results");

async function look() {
  try {
    const response = await fetch(region.dataset.poll, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("results");
      if (fresh) {
        region.replaceChildren(...fresh.childNodes);
        region.dataset.waiting = fresh.dataset.waiting;
      }
    }
  } catch {
    // The next look tries again.
  }
  if (region.dataset.waiting) setTimeout(look, 2000);
}

if (region?.dataset.waiting) setTimeout(look, 2000);
