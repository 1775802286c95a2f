// Shortcuts of the keyboard; the dialog #shortcuts lists them.

const pages = { i: "/inbox", n: "/numbers", m: "/messages", w: "/webhooks", c: "/contacts", r: "/reports", s: "/settings" };
let going = 0;

export function shortcuts() {
  addEventListener("keydown", (e) => {
    if (e.ctrlKey && e.key === "Enter" && e.target.matches("textarea")) {
      e.target.form?.requestSubmit();
      return;
    }
    if (e.key === "Escape" && e.target.matches("textarea, input")) e.target.blur();
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (Date.now() - going < 1200 && pages[e.key]) { location.href = pages[e.key]; return; }
    const act = actions[e.key];
    if (act && act() !== false) e.preventDefault();
  });
}

const actions = {
  g() { going = Date.now(); },
  "?"() { document.getElementById("shortcuts")?.showModal(); },
  "/"() { return focus("[data-key='/']"); },
  r() { return focus("[data-key='r']"); },
  e() {
    const button = document.querySelector("[data-key='e']");
    const row = document.activeElement?.closest?.("[data-rows] a[data-row]");
    if (!button || (row && !row.getAttribute("aria-current"))) return false; // it is the open one that is archived
    button.click();
  },
  j() { return step(1); },
  k() { return step(-1); },
};

function focus(selector) {
  const element = document.querySelector(selector);
  if (!element) return false;
  element.focus();
  element.select?.();
}

// step moves the focus among the rows of the list that the page has.
function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] a[data-row]")];
  if (!rows.length) return false;
  const now = rows.indexOf(document.activeElement);
  const open = rows.findIndex((a) => a.getAttribute("aria-current"));
  const from = now >= 0 ? now : open >= 0 ? open : by > 0 ? -1 : rows.length;
  rows[Math.min(rows.length - 1, Math.max(0, from + by))].focus();
}
