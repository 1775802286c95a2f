// Small comforts, each by an attribute of its own.
import { ask, askFirst } from "./ask.js";

export function small(root) {
  // What was refused has the focus, so that it is told and can be mended at once.
  if (root === document) document.querySelector("[aria-invalid=true]")?.focus();
  // data-submit: choosing sends the form; its button is for who has no script.
  for (const control of root.querySelectorAll("[data-submit]:not([data-done])")) {
    control.dataset.done = "";
    control.addEventListener("change", () => control.form.requestSubmit());
    control.form.querySelector("button:not([data-keep])")?.classList.add("hidden");
  }
  // data-copy: copies the text of the element of that id.
  for (const button of root.querySelectorAll("button[data-copy]:not([data-done])")) {
    button.dataset.done = "";
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      const was = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = was; }, 1500);
    });
  }
  // data-confirm: asks before it sends.
  for (const form of root.querySelectorAll("form[data-confirm]:not([data-done])")) {
    form.dataset.done = "";
    askFirst(form);
  }
  // data-quiet: is sent without leaving the page; the live stream shows what comes of it.
  for (const form of root.querySelectorAll("form[data-quiet]:not([data-done])")) {
    form.dataset.done = "";
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const answer = await fetch(form.action, { method: "POST", headers: { "X-Fragment": "1" }, body: new URLSearchParams(new FormData(form)) });
      if (answer.ok) { for (const i of form.querySelectorAll("input:not([type=hidden])")) i.value = ""; }
      else ask(await answer.text());
    });
  }
  // data-until: counts down to an instant.
  for (const out of root.querySelectorAll("[data-until]:not([data-done])")) {
    out.dataset.done = "";
    countDown(out, new Date(out.dataset.until));
  }
  // data-check-all: ticks every box of its table.
  for (const box of root.querySelectorAll("[data-check-all]:not([data-done])")) {
    box.dataset.done = "";
    box.addEventListener("change", () => {
      for (const other of box.closest("table").querySelectorAll("tbody input[type=checkbox]")) other.checked = box.checked;
    });
  }
}

// over takes away what can be done with something that is held no longer.
function over(held) {
  for (const form of held.querySelectorAll("form")) form.remove();
  const told = held.querySelector(".whenover");
  if (told) told.hidden = false;
}

function countDown(out, end) {
  const tick = () => {
    if (!out.isConnected) return;
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    out.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left` : "expired";
    out.classList.toggle("bad", left === 0);
    if (left) setTimeout(tick, 1000);
    else over(out.parentElement);
  };
  tick();
}
