// Fails with: content policy: script-src-elem forbids inline
import { bad } from "./lib.mjs";

export default (j) => bad(j, `<script>document.title = "Hacked"</script>`, { "Content-Security-Policy": "default-src 'none'; script-src 'self'; img-src data:" });
