// The marks of the chart above that lead somewhere. A click or a tap on one says which; with the keyboard they are a list of buttons.
const PLOT = ".js-plotly-plot", AREA = ".nsewdrag, .sankey-link";

function known(event, ids) {
  for (const point of event.points ?? []) for (const id of [point.id, point.customdata]) if (ids.has(id)) return id;
  return null;
}

// Plotly is there later than this, and anew after a change of theme or size.
function listen(box) {
  const plot = box.querySelector(PLOT);
  if (!plot?.on || plot.rapportMarks) return;
  plot.rapportMarks = true;
  plot.on("plotly_click", (event) => { const id = known(event, box.rapportIds); if (id != null) box.rapportLead(id); });
  const point = (kind) => plot.querySelectorAll(AREA).forEach((area) => { area.style.cursor = kind; });
  plot.on("plotly_hover", (event) => point(known(event, box.rapportIds) == null ? "" : "pointer"));
  plot.on("plotly_unhover", () => point(""));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement, box = host.closest("[data-testid=stVerticalBlock]");
  const list = parentElement.querySelector("ul");
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.marks.map(({ id, says }) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button"; button.textContent = says; button.onclick = () => setTriggerValue("mark", id);
    item.append(button); return item;
  }));
  if (!box) return;
  box.rapportIds = new Set(data.marks.map(({ id }) => id));
  box.rapportLead = (id) => setTriggerValue("mark", id);
  const watcher = new MutationObserver(() => listen(box));
  watcher.observe(box, { childList: true, subtree: true });
  listen(box);
  return () => watcher.disconnect();
}
