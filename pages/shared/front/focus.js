// A dialog that asks for words begins in its field.
export default function ({ parentElement }) {
  const host = parentElement.host ?? parentElement, dialog = host.closest("[role=dialog]");
  if (!dialog || dialog.rapportFocus) return;
  dialog.rapportFocus = true;
  setTimeout(() => dialog.querySelector("input")?.focus(), 50); // after the dialog has taken the focus itself
}
