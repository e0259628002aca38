// Where results stand below what narrows them, that is folded away, unless the reader has unfolded it: an answer that
// comes while boxes are ticked must not fold them under the hand. Without this module it stays open.
const wide = matchMedia("(min-width: 60rem)");
let chosen = null;
const fold = () => {
  const open = chosen ?? (wide.matches && document.documentElement.dataset.mode !== "large");
  for (const one of document.querySelectorAll("details.narrow")) one.open = open;
};
fold();
wide.addEventListener("change", fold);
document.addEventListener("htmx:afterSettle", fold);
document.addEventListener("click", (event) => {
  const summary = event.target.closest("details.narrow > summary");
  if (summary) chosen = !summary.parentElement.open;
});
