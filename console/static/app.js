// What every page gets: the live stream, times in the reader's zone, shortcuts,
// and forms that send themselves when a choice is made. Without it all pages
// work as they are.
import { listen } from "./live.js";
import { localise } from "./time.js";
import { shortcuts } from "./keys.js";
import { composers } from "./composer.js";
import { inbox } from "./inbox.js";
import { handset } from "./handset.js";
import { small } from "./small.js";
import { notices, notify } from "./notify.js";

// enhance makes a part of the page comfortable; it is called for the page and
// for every fragment that comes into it.
export function enhance(root) {
  localise(root);
  composers(root);
  small(root);
  inbox(root);
  notices(root);
}

// On a narrow screen the menu begins folded.
if (matchMedia("(max-width: 56rem)").matches) {
  document.querySelector(".menu")?.removeAttribute("open");
}
handset();
enhance(document);
shortcuts();
notify();
listen(enhance);
