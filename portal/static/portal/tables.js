// A table wider than its frame is a place for the keyboard and has a name; the stylesheet shows that there is more.
const wideTables = () => {
  for (const frame of document.querySelectorAll(".table-wrap")) {
    if (frame.scrollWidth <= frame.clientWidth) continue;
    frame.tabIndex = 0;
    if (frame.hasAttribute("aria-label") || frame.hasAttribute("aria-labelledby")) continue;
    const heading =
      frame.querySelector("caption") ??
      frame.closest("section")?.querySelector("h2, h3") ??
      document.querySelector("h1");
    if (!heading) continue;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", heading.textContent.trim().replace(/\s+/g, " "));
  }
};
wideTables();
addEventListener("resize", wideTables);
document.addEventListener("htmx:afterSwap", wideTables);
