// Tells the server, every 20 seconds while the page is seen, that somebody still reads and at which block.
// The server alone counts the time. Without this module the page works the same: its form counts from when it was served.
const root = document.querySelector("[data-reading]");

if (root) {
  const address = root.dataset.reading;
  const run = root.dataset.run;
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  const left = root.querySelector("[data-left]");
  const EVERY = 20_000;

  const blockInView = () => {
    let found = "";
    for (const mark of document.querySelectorAll("[data-block]")) {
      if (mark.getBoundingClientRect().top > innerHeight * 0.5) break;
      found = mark.dataset.block;
    }
    return found;
  };

  const trace = () => new URLSearchParams({ run, block: blockInView(), csrfmiddlewaretoken: token });

  const beat = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(address, { method: "POST", body: trace(), headers: { "X-CSRFToken": token } });
      if (!answer.ok) return;
      const { left: seconds } = await answer.json();
      if (!left) return;
      left.hidden = seconds === 0;
      left.querySelector("[data-seconds]").textContent = seconds;
    } catch {
      // Offline for a moment: the next beat tells the place again.
    }
  };

  setInterval(beat, EVERY);
  // A short lesson needs less than one beat.
  const first = Number(root.dataset.secondsLeft);
  if (first > 0 && first * 1000 < EVERY) setTimeout(beat, first * 1000 + 500);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") navigator.sendBeacon(address, trace());
  });
}
