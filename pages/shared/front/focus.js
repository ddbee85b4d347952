// A dialog that asks for words begins in its field: as soon as that is there, and after the dialog has taken the focus itself.
const EVERY_MS = 50, MOST_MS = 5000;

export default function ({ parentElement }) {
  const host = parentElement.host ?? parentElement, dialog = host.closest("[role=dialog]");
  if (!dialog || dialog.rapportFocus) return;
  dialog.rapportFocus = true;
  const ends = performance.now() + MOST_MS;
  let held = 0;
  const timer = setInterval(() => {
    const field = dialog.querySelector("input");
    held = field && document.activeElement === field ? held + 1 : 0;
    if (field && !held) field.focus();
    if (held > 3 || !dialog.isConnected || performance.now() > ends) clearInterval(timer);
  }, EVERY_MS);
}
