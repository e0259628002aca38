// Where results stand below what narrows them, that is folded away. Without this module it stays open.
const wide = matchMedia("(min-width: 60rem)");
const fold = () => {
  const open = wide.matches && document.documentElement.dataset.mode !== "large";
  for (const one of document.querySelectorAll("details.narrow")) one.open = open;
};
fold();
wide.addEventListener("change", fold);
document.addEventListener("htmx:afterSettle", fold);
