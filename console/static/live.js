// The live stream: fragments that the server rendered take their place in the
// page. A fragment's element replaces the one of its id; if there is none, it
// goes into the element that its data-into names (data-at: "start" or "end").
// What the reader is typing is outside of all fragments and stays as it is.

// A list that grows at its start has so many rows at most; a page is taken anew
// every so many milliseconds at most.
const listMost = 200, reloadRest = 3000;

let leaving = false;
addEventListener("submit", (e) => { if (!e.defaultPrevented) leaving = true; });
addEventListener("pagehide", () => { leaving = true; });

export function listen(enhance) {
  const { stream, topics, since } = document.body.dataset;
  if (!stream || !window.EventSource) return;
  const note = document.createElement("p");
  note.className = "connection";
  note.setAttribute("role", "status");
  document.body.append(note);
  let told = since;
  const connect = () => {
    const source = new EventSource(`${stream}?${new URLSearchParams({ topics, since: told })}`);
    source.addEventListener("swap", (e) => { told = e.lastEventId || told; swap(e.data, enhance); });
    source.addEventListener("missed", (e) => { told = e.lastEventId || told; reloadSoon(enhance); });
    source.addEventListener("gone", () => {
    source.close();
    // A form that is under way, as for another password, says itself what comes next.
    setTimeout(() => { if (!leaving) location.reload(); }, 1500);
  });
    source.onopen = () => say(note, "on", "");
    source.onerror = () => {
      say(note, "off", "The connection is lost. What is new will show when it is back; your draft is kept.");
      // A browser tries again by itself, but not after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    };
  };
  connect();
  presence();
}

// say tells whether the page is live, and what that means for who reads it.
function say(note, live, text) {
  document.documentElement.dataset.live = live;
  if (note.textContent !== text) note.textContent = text;
}

export function swap(html, enhance) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const element of [...holder.content.children]) {
    const old = element.id && document.getElementById(element.id);
    if (old && old.dataset.state !== element.dataset.state) reloadSoon(enhance); // the buttons beside it are others now
    const list = element.dataset.into && document.getElementById(element.dataset.into);
    if (old && element.dataset.move === undefined) {
      const ends = element.dataset.end !== undefined; // a list that is read from its end
      keepFocus(old, () => old.replaceWith(element));
      if (ends) element.scrollTop = element.scrollHeight;
    } else if (list) {
      const end = nearEnd(list);
      old?.remove();
      list[element.dataset.at === "start" ? "prepend" : "append"](element);
      if (end && element.dataset.at !== "start") list.scrollTop = list.scrollHeight;
      while (element.dataset.at === "start" && list.children.length > listMost) list.lastElementChild.remove();
    } else if (old) {
      old.replaceWith(element);
    } else {
      continue;
    }
    document.getElementById(element.dataset.clears ?? "")?.remove();
    enhance(element.parentElement ?? element);
  }
  title();
}

// keepFocus does something to an element and gives the focus back to the one
// of the same id or place that had it.
function keepFocus(old, change) {
  const had = old.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (had?.id) document.getElementById(had.id)?.focus();
}

function nearEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 80;
}

// reloadSoon takes the page anew now and then, however often something is missed.
let waiting = null, last = 0;
function reloadSoon(enhance) {
  if (waiting) return;
  waiting = setTimeout(() => {
    waiting = null;
    last = Date.now();
    reload(enhance);
  }, Math.max(0, last + reloadRest - Date.now()));
}

// reload takes the live regions of this page anew: the server could not tell
// what was missed.
async function reload(enhance) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) { location.reload(); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const fresh of page.querySelectorAll("[data-region], #unread")) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    const at = old.scrollTop, end = nearEnd(old);
    keepFocus(old, () => old.replaceWith(fresh));
    fresh.scrollTop = end ? fresh.scrollHeight : at;
    enhance(fresh);
  }
  title();
}

// title shows the count of what is unread, also in a background tab.
function title() {
  const count = document.getElementById("unread");
  const n = count && !count.hidden ? parseInt(count.textContent, 10) : 0;
  document.title = (n ? `(${n}) ` : "") + document.title.replace(/^\(\d+\) /, "");
}

// presence tells the server, a few times a minute at most, that somebody is
// at the keyboard.
function presence() {
  let last = 0;
  const touch = () => {
    if (Date.now() - last < 20000) return;
    last = Date.now();
    fetch("/presence/touch", { method: "POST", headers: { "X-Fragment": "1", "Content-Type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrf: document.querySelector("input[name=csrf]")?.value ?? "" }), keepalive: true }).catch(() => {});
  };
  for (const kind of ["keydown", "pointerdown", "pointermove"]) addEventListener(kind, touch, { passive: true });
  touch();
}
