// The sections of a long page as a list, on a phone: each leads to its title. It is there from a few sections on.
const LEAST = 4, TITLES = "[data-testid=stMainBlockContainer] h3";

function fill(list, details) {
  list.replaceChildren(...[...document.querySelectorAll(TITLES)].map((title) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button"; button.textContent = title.innerText.trim();
    button.onclick = () => {
      details.open = false;
      title.tabIndex = -1; title.style.outline = "none"; title.style.scrollMarginTop = "8rem";
      title.focus({ preventScroll: true }); title.scrollIntoView({ block: "start" });
    };
    item.append(button); return item;
  }));
}

export default function ({ data, parentElement }) {
  const details = parentElement.querySelector("details"), list = parentElement.querySelector("ul");
  parentElement.querySelector("summary").textContent = data.label;
  details.ontoggle = () => { if (details.open) fill(list, details); };
  const main = document.querySelector("[data-testid=stMain]") ?? document.body;
  const look = () => { details.hidden = document.querySelectorAll(TITLES).length < LEAST; };
  const watcher = new MutationObserver(look);
  watcher.observe(main, { childList: true, subtree: true });
  look();
  return () => watcher.disconnect();
}
