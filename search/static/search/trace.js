// Tells the server which hit was opened of a search, without saying by whom, so that the ranking can be judged by use.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-hit]");
  const answer = link?.closest("#search-answer");
  if (!answer) return;
  const hits = [...answer.querySelectorAll("a[data-hit]")];
  const facts = new URLSearchParams({
    q: answer.dataset.query,
    intent: answer.dataset.intent,
    count: answer.dataset.count,
    key: link.dataset.hit,
    rank: hits.indexOf(link) + 1,
    csrfmiddlewaretoken: answer.querySelector("[name=csrfmiddlewaretoken]").value,
  });
  navigator.sendBeacon?.(answer.dataset.trace, facts);
});
