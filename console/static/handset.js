// The demo's handset stays open from page to page, with the number that it texts,
// what is half written, and how far its screen was scrolled. It is of the tab and
// ends with it.
const key = "handset";

export function handset() {
  const box = document.querySelector("details.handset");
  if (!box) return;
  const line = box.querySelector("[name=line]"), say = box.querySelector("[name=say]");
  const screen = () => document.getElementById("screen");
  const last = () => { screen().scrollTop = screen().scrollHeight; };
  const was = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (was?.open) {
    box.open = true;
    if ([...line.options].some((o) => o.value === was.line)) line.value = was.line;
    say.value = was.say;
    if (was.end) last();
    else screen().scrollTop = was.top;
  }
  box.addEventListener("toggle", () => { if (box.open && !was?.open) last(); });
  addEventListener("pagehide", () => {
    const at = screen();
    const end = at.scrollHeight - at.scrollTop - at.clientHeight < 8;
    sessionStorage.setItem(key, JSON.stringify({ open: box.open, line: line.value, say: say.value, top: at.scrollTop, end }));
  });
}
