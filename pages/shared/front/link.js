const SVG = "http://www.w3.org/2000/svg";
const CHAIN = "M3.9 12c0-1.7 1.4-3.1 3.1-3.1h4V7H7a5 5 0 0 0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12M8 13h8v-2H8zm9-6h-4v1.9h4a3.1 3.1 0 0 1 0 6.2h-4V17h4a5 5 0 0 0 0-10";
const SHOWN_MS = 2000;

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) { await navigator.clipboard.writeText(text); return; }
  const field = document.createElement("textarea"); // a server without TLS has no clipboard of the new kind
  field.value = text; document.body.append(field); field.select(); document.execCommand("copy"); field.remove();
}

export default function ({ data, parentElement }) {
  // the address as the visitor has it: behind a proxy the server does not know its own
  const address = () => data.path ? new URL(data.path, window.location.origin).href : window.location.href;
  const shown = parentElement.querySelector("input");
  shown.hidden = !data.field;
  if (data.field) { shown.value = address(); shown.setAttribute("aria-label", data.field); shown.onfocus = () => shown.select(); }
  const button = parentElement.querySelector("button"), icon = document.createElementNS(SVG, "svg"), shape = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 24 24"); icon.setAttribute("aria-hidden", "true"); shape.setAttribute("d", CHAIN); shape.setAttribute("fill", "currentColor");
  icon.append(shape);
  const label = document.createElement("span"); label.setAttribute("aria-live", "polite"); label.textContent = data.label;
  button.replaceChildren(icon, label);
  button.onclick = async () => {
    await copy(address());
    label.textContent = data.done;
    setTimeout(() => { label.textContent = data.label; }, SHOWN_MS);
  };
}
