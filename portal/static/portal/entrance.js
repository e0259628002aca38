// Signing in: a password can be looked at, and a passkey that does not work says why. Without JavaScript neither is missed.

for (const field of document.querySelectorAll("input[type=password]")) {
  const words = document.body.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal button-small button button-quiet";
  button.setAttribute("aria-controls", field.id);
  const say = () => {
    const isShown = field.type === "text";
    button.textContent = isShown ? words.hidePassword : words.showPassword;
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
  // What is sent is a password again, so that browsers offer to keep it and never show it among what was typed before.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
  });
  say();
  // Inside the field, at its end; what is typed does not run below it.
  const frame = document.createElement("span");
  Object.assign(frame.style, {
    display: "block",
    position: "relative",
    maxInlineSize: getComputedStyle(field).maxInlineSize,
  });
  Object.assign(button.style, { position: "absolute", insetBlock: "2px", insetInlineEnd: "2px", minBlockSize: "0" });
  field.style.paddingInlineEnd = "5.5em";
  field.replaceWith(frame);
  frame.append(field, button);
}

const said = document.querySelector("[data-passkey-said]");
if (said) {
  const tell = (text) => {
    said.textContent = text;
    said.hidden = false;
    said.focus();
  };
  document.addEventListener("allauth.error", (event) => {
    const name = event.detail?.exception?.name;
    if (name === "NotAllowedError" || name === "AbortError") tell(said.dataset.notGiven);
    else if (name === "InvalidStateError") tell(said.dataset.known);
    else if (name === "NotSupportedError" || name === "SecurityError" || !window.PublicKeyCredential)
      tell(said.dataset.notSupported);
    else tell(said.dataset.other);
  });
}
