// The queue by keyboard: j and k walk through its rows, Enter opens the one
// that has the focus, ? shows the keys.

const links = [...document.querySelectorAll("[data-rows] tbody th a, [data-row]")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "?") document.getElementById("keys").showModal();
  if (event.key !== "j" && event.key !== "k") return;
  event.preventDefault();
  const here = links.indexOf(document.activeElement);
  const next = event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
  links[next]?.focus();
});
