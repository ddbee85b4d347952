const el = (tag, cls, text) => { const node = document.createElement(tag); node.className = cls ?? ""; if (text != null) node.textContent = text; return node; };
const DARK_INK_ABOVE = 0.19; // luminance from which black reads better than white

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function headOf(data) {
  const row = el("tr");
  data.head.forEach((text, i) => { const th = el("th", i === 0 ? "row" : i <= data.sizes ? "size" : "cell", text); th.scope = "col"; row.append(th); });
  const thead = el("thead"); thead.append(row); return thead;
}

function cellOf(cell, ramp, say, pick) {
  const td = el("td", `cell ${cell.state ?? ""}`);
  if (!cell.text) return td;
  const button = el("button"); button.append(el("span", "text", cell.text)); if (cell.sub) button.append(el("span", "sub", cell.sub));
  if (cell.level != null) { const paint = ramp[cell.level].trim(); td.style.background = paint; td.style.color = luminance(paint) > DARK_INK_ABOVE ? "black" : "white"; }
  button.onmouseenter = button.onfocus = () => say(cell.read); button.onmouseleave = button.onblur = () => say();
  button.onclick = pick; button.setAttribute("aria-label", cell.read);
  td.append(button); return td;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement, colours = data.ramp === "change" ? "diverging" : "sequential";
  const ramp = getComputedStyle(host).getPropertyValue(`--st-chart-${colours}-colors`).split(",");
  const read = parentElement.querySelector(".read"); read.textContent = data.hint ?? "";
  const say = (text) => { read.textContent = text || data.hint || ""; };
  const table = el("table", data.tall ? "tall" : ""); table.setAttribute("aria-label", data.label);
  table.style.setProperty("--cells", data.head.length - 1 - data.sizes); table.style.setProperty("--sizes", data.sizes);
  const group = el("colgroup"); group.append(...data.head.map((_, i) => el("col", i === 0 ? "name" : i <= data.sizes ? "size" : "")));
  const tbody = el("tbody");
  data.rows.forEach((row, r) => {
    const tr = el("tr", row.kind), first = el("th", "row", row.name); first.scope = "row";
    tr.append(first, ...row.sizes.map((size) => el("td", "size", size)));
    tr.append(...row.cells.map((cell, c) => cellOf(cell, ramp, say, () => { say(cell.read); setTriggerValue("cell", { row: r, column: c }); })));
    tbody.append(tr);
  });
  table.append(group, headOf(data), tbody); parentElement.querySelector(".frame").replaceChildren(table);
}
