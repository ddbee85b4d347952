const el = (tag, cls, text) => { const node = document.createElement(tag); node.className = cls ?? ""; if (text != null) node.textContent = text; return node; };
const SVG = "http://www.w3.org/2000/svg";
const LONG = 8; // letters of a value that fit a narrow card at full size: ¥123,456
const MARK = { up: "\u25B2", down: "\u25BC", none: "\u2248" };

function shape(tag, cls, points) {
  const node = document.createElementNS(SVG, tag);
  node.setAttribute("class", cls); node.setAttribute("points", points.map((p) => p.join(",")).join(" "));
  return node;
}

// The stretches of places without a withheld value: a gap stays a gap.
function stretches(y) {
  const out = [];
  y.forEach((v, i) => { if (v == null) return; if (i > 0 && y[i - 1] != null) out.at(-1).push(i); else out.push([i]); });
  return out;
}

function spark({ y, low, high, label }) {
  const box = el("div", "spark"); box.setAttribute("role", "img"); box.setAttribute("aria-label", label);
  const seen = [...low, ...high].filter((v) => v != null), floor = Math.min(...seen), range = Math.max(...seen) - floor || 1;
  const px = (i) => (i / Math.max(1, y.length - 1)) * 100, py = (v) => 100 - ((v - floor) / range) * 100;
  const svg = document.createElementNS(SVG, "svg"); svg.setAttribute("viewBox", "0 0 100 100"); svg.setAttribute("preserveAspectRatio", "none"); svg.setAttribute("aria-hidden", "true");
  for (const part of stretches(y)) {
    svg.append(shape("polygon", "band", [...part.map((i) => [px(i), py(high[i])]), ...[...part].reverse().map((i) => [px(i), py(low[i])])]));
    svg.append(shape("polyline", "line", part.map((i) => [px(i), py(y[i])])));
  }
  box.append(svg);
  const last = y.findLastIndex((v) => v != null);
  if (last >= 0) { const dot = el("span", "dot"); dot.style.left = `${px(last)}%`; dot.style.top = `${py(y[last])}%`; box.append(dot); }
  return box;
}

function head(card, setTriggerValue) {
  const top = el("div", "top");
  if (!card.define) { top.append(el("div", "name", card.name)); return top; }
  const name = el("button", "name", card.name), define = el("button", "define", "\u24D8");
  name.onclick = () => setTriggerValue("open", card.id);
  define.onclick = () => setTriggerValue("define", card.id);
  define.title = card.define; define.setAttribute("aria-label", `${card.define}: ${card.name}`);
  top.append(name, define);
  return top;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  grid.replaceChildren(...data.cards.map((card) => {
    const box = el("article", card.define ? "card leads" : "card"); box.append(head(card, setTriggerValue));
    // the whole card answers, as its name does; what is marked to be copied is no click
    if (card.define) box.onclick = (event) => { if (!event.target.closest("button") && !window.getSelection()?.toString()) setTriggerValue("open", card.id); };
    if (card.few) {
      box.append(el("div", "value none", "\u2014"), el("div", "few", card.few), el("div", "detail", card.detail));
      return box;
    }
    const value = el("div", card.value.length > LONG ? "value long" : "value", card.value); if (card.unit) value.append(el("span", "unit", card.unit));
    const facts = el("div", "facts"); for (const fact of [card.range, card.size]) if (fact) facts.append(el("span", "", fact));
    box.append(value, facts);
    if (card.change) {
      const change = el("div", `change ${card.verdict}`);
      if (card.verdict !== "too_few") { const mark = el("span", "mark", MARK[card.verdict === "none" ? "none" : card.direction]); mark.setAttribute("aria-hidden", "true"); change.append(mark); }
      change.append(document.createTextNode(card.change));
      const shift = el("div", "shift"); shift.append(change); if (card.detail) shift.append(el("div", "detail", card.detail));
      box.append(shift);
    }
    if (card.spark) box.append(spark(card.spark));
    return box;
  }));
}
