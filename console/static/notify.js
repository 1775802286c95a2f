// Notices of the browser: a text that comes in while the page is hidden shows
// one. A browser is asked for them under Settings, and remembers that it was;
// only then does its live stream carry them (topic "incoming").

const key = "wirechief notices";
const able = () => "Notification" in window && window.isSecureContext;
const wanted = () => able() && Notification.permission === "granted" && localStorage.getItem(key) === "on";

// notify makes room for what the stream tells of texts; it comes before the
// stream is opened.
export function notify() {
  if (!document.body.dataset.stream || !wanted()) return;
  const place = document.createElement("div");
  place.id = "incoming";
  place.hidden = true;
  document.body.append(place);
  document.body.dataset.topics += " incoming";
}

// notices shows the text that has just come into the page, and serves the
// switch under Settings.
export function notices(root) {
  const incoming = document.getElementById("incoming");
  if (incoming?.dataset.from && incoming.dataset.done === undefined) {
    incoming.dataset.done = "";
    if (document.hidden && wanted()) show(incoming);
  }
  const control = root.querySelector?.("[data-notices]:not([data-done])");
  if (control) choose(control);
}

// show opens a notice. Of several tabs with the same text the last one's is seen.
function show(incoming) {
  const { from, conversation, message } = incoming.dataset;
  const notice = new Notification(`Text from ${from}`, { body: incoming.textContent.trim(), tag: `wirechief ${message}` });
  notice.addEventListener("click", () => {
    notice.close();
    window.focus();
    location.href = `/inbox/${conversation}`;
  });
}

function choose(control) {
  control.dataset.done = "";
  const state = control.querySelector("[data-state]"), button = control.querySelector("button");
  const tell = () => {
    const on = wanted();
    if (!able()) state.textContent = "This browser has no notifications here; they need a secure address (https).";
    else if (Notification.permission === "denied") state.textContent = "This browser refuses them for this site; allow them in its settings.";
    else state.textContent = on ? "On in this browser." : "Off in this browser.";
    button.textContent = on ? "Turn off" : "Turn on";
    button.hidden = !able() || Notification.permission === "denied";
  };
  button.addEventListener("click", async () => {
    if (wanted()) localStorage.removeItem(key);
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(key, "on");
    tell();
  });
  tell();
}
