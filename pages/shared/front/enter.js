// A date that was typed is taken by Enter too. Streamlit takes it when the focus goes elsewhere, which Enter now sees to.
const FIELD = "[data-testid=stDateInputField] [role=spinbutton]";
const AROUND = "[data-testid=stPopoverBody], [data-testid=stMain]";

export default function () {
  if (window.rapportEnter) return;
  window.rapportEnter = true;
  document.addEventListener("keydown", (event) => {
    const part = event.key === "Enter" && event.target.closest?.(FIELD), around = part && part.closest(AROUND);
    if (!around) return;
    event.preventDefault();
    if (!around.hasAttribute("tabindex")) around.tabIndex = -1;
    around.focus({ preventScroll: true });
  }, true);
}
