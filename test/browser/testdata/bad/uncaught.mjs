// Fails with: uncaught: Error: thrown by the page
import { bad } from "./lib.mjs";

export default (j) => bad(j, `<script>setTimeout(() => { throw new Error("thrown by the page") })</script>`);
