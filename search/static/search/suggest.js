// Suggestions under every search box while the reader types. Without this module the box works the same.
const WAIT = 180;

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  input.after(list);
  input.autocomplete = "off";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);
  let timer,
    current,
    asked = "";

  const options = () => [...list.children];
  const mark = (place) => {
    const all = options();
    current = all.length ? (place + all.length) % all.length : undefined;
    for (const [index, item] of all.entries()) item.setAttribute("aria-selected", String(index === current));
    if (current === undefined) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", all[current].id);
  };
  const close = () => {
    list.hidden = true;
    current = undefined;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    list.replaceChildren(
      ...found.map(({ title, kind, url }, index) => {
        const item = document.createElement("li");
        item.role = "option";
        item.id = `${list.id}-${index}`;
        item.dataset.url = url;
        const small = document.createElement("small");
        small.textContent = kind;
        item.append(title, " ", small);
        return item;
      }),
    );
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!!found.length));
    current = undefined;
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    if (!text) return close();
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text })}`);
      if (answer.ok && input.value.trim() === text && document.activeElement === input)
        show((await answer.json()).suggestions);
    } catch {
      close(); // Offline for a moment: the box still searches.
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    // While a Chinese word is still being composed there is nothing to ask.
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("compositionend", () => {
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") mark((current ?? -1) + 1);
    else if (event.key === "ArrowUp") mark((current ?? 0) - 1);
    else if (event.key === "Enter" && current !== undefined) location.assign(options()[current].dataset.url);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-url]");
    if (!item) return;
    event.preventDefault();
    location.assign(item.dataset.url);
  });
  input.addEventListener("blur", close);
}
