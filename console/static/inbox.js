// The inbox: which row is open, what has been read, the newest message in sight.

export function inbox(root) {
  for (const a of document.querySelectorAll("#threads a[data-row]")) {
    const open = new URL(a.href).pathname === location.pathname;
    if (open) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
  for (const zone of root.querySelectorAll("[data-zone]")) zone.value = new Date().getTimezoneOffset();
  const thread = document.getElementById("thread");
  if (!thread) return;
  if (!thread.dataset.done) {
    thread.dataset.done = "";
    thread.scrollTop = thread.scrollHeight;
    document.addEventListener("visibilitychange", read);
    read();
  } else if (thread.querySelector(".bubble.inbound:last-of-type:not([data-seen])")) {
    read();
  }
}

// read says that what is in sight has been read.
function read() {
  const thread = document.getElementById("thread");
  if (!thread?.dataset.read || document.hidden) return; // who may only look has read nothing for the others
  const fresh = thread.querySelectorAll(".bubble.inbound:not([data-seen])");
  if (!fresh.length) return;
  let newest = "0"; // ids are digits only: the longer, then the later in the alphabet, is the newer
  for (const bubble of fresh) {
    bubble.dataset.seen = "";
    const id = bubble.id.slice(1);
    if (id.length > newest.length || (id.length === newest.length && id > newest)) newest = id;
  }
  fetch(thread.dataset.read, {
    method: "POST", keepalive: true,
    headers: { "X-Fragment": "1", "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrf: document.querySelector("input[name=csrf]")?.value ?? "", up_to: newest }),
  }).catch(() => {});
}
