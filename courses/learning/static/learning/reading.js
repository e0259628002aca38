// Tells the server, every 20 seconds while the page is seen, that somebody still reads and at which block.
// The server alone counts the time. Without this module the page works the same: its form counts from when it was served.
const root = document.querySelector("[data-reading]");

// What the last press left to say stands in here; the eye and the reading aid are led to it.
const said = document.querySelector("#progress [data-said]");
if (said) {
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: "center" });
}

if (root) {
  const address = root.dataset.reading;
  const run = root.dataset.run;
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  const refused = root.querySelector("[data-refused]");
  const left = root.querySelector("[data-left]");
  const EVERY = 20_000;
  let asked = 0;
  // What the server told last, and what the countdown shows meanwhile.
  let told = Number(root.dataset.secondsLeft);
  let known = told;

  const blockInView = () => {
    let found = "";
    for (const mark of document.querySelectorAll("[data-block]")) {
      if (mark.getBoundingClientRect().top > innerHeight * 0.5) break;
      found = mark.dataset.block;
    }
    return found;
  };

  const trace = () => new URLSearchParams({ run, block: blockInView(), csrfmiddlewaretoken: token });

  const show = (seconds) => {
    known = seconds;
    if (!left) return;
    left.hidden = seconds === 0;
    left.querySelector("[data-seconds]").textContent = seconds;
  };

  const beat = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(address, { method: "POST", body: trace(), headers: { "X-CSRFToken": token } });
      // A redirect leads to the sign-in; an answer that is no success counts nothing either. The reader must know at once.
      const isCounted = answer.ok && !answer.redirected;
      if (!isCounted && refused.hidden) {
        refused.hidden = false;
        // The place may be far below: what is read at the moment stays where it is, and the word comes to the reader.
        refused.classList.add("is-in-view");
      }
      if (!isCounted) return show(told);
      refused.hidden = true;
      told = (await answer.json()).left;
      show(told);
    } catch {
      // Offline for a moment: the next beat tells the place again.
    }
  };

  setInterval(beat, EVERY);
  // The countdown runs; at one second the server is asked, which alone knows.
  setInterval(() => {
    if (document.visibilityState !== "visible" || !known || !refused.hidden) return;
    if (known > 1) show(known - 1);
    else if (Date.now() - asked > 2500) {
      asked = Date.now();
      beat();
    }
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return beat();
    const last = trace();
    last.set("is_left", "on");
    navigator.sendBeacon(address, last);
  });
}
