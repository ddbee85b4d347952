// One entry in the browser's history per page and view, so that Back leads to the one before. Streamlit makes two of a change of page,
// in either order: the page under its bare address and then under the address of its view, or the new view under the old page's
// address and then under its own. The second takes the place of the first.
const SOON_MS = 3000; // both come from one run of the script

export function entry(now, next, filled) {
  if (next.pathname === now.pathname) return now.search === "" ? "replace" : "push"; // a bare address is filled in
  return filled && next.search === now.search ? "replace" : "push"; // the view came before its page
}

// The anchor that the last click led to comes into sight, and takes the focus, once for each click.
function show({ anchor, turn }) {
  if (!turn || turn === window.history.rapportTurn) return;
  window.history.rapportTurn = turn;
  const place = document.querySelector(`.st-key-anchor-${CSS.escape(anchor)}`);
  if (!place) return;
  place.tabIndex = -1; place.style.outline = "none"; place.style.scrollMarginTop = "8rem";
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
}

export default function ({ data }) {
  show(data);
  if (window.history.rapport) return;
  window.history.rapport = true;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  let filledAt = -Infinity;
  window.history.pushState = (state, title, address) => {
    const now = new URL(window.location.href), next = new URL(address ?? now, now), time = performance.now();
    const kind = entry(now, next, time - filledAt < SOON_MS);
    filledAt = next.pathname === now.pathname ? time : -Infinity;
    (kind === "replace" ? replace : push)(state, title, address);
  };
}
