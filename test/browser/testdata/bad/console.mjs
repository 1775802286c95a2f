// Fails with: console: oh dear
import { bad } from "./lib.mjs";

export default (j) => bad(j, `<script>console.error("oh dear")</script>`);
