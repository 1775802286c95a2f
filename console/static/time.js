// Times come in UTC and are shown in the zone of the browser.
const near = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const far = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

export function localise(root) {
  const today = new Date().toDateString();
  for (const t of root.querySelectorAll("time[datetime]:not([data-done])")) {
    const at = new Date(t.dateTime);
    if (isNaN(at)) continue;
    if (t.closest(".timeline")) { t.textContent = exact.format(at); t.title = whole.format(at); t.dataset.done = ""; continue; }
    t.textContent = (at.toDateString() === today ? near : far).format(at);
    t.title = whole.format(at);
    t.dataset.done = "";
  }
}
