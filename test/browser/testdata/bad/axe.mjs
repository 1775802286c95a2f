// Fails with: label (critical): Form elements must have labels
import { bad } from "./lib.mjs";

export default async function (j) {
  // The policy of the console does not keep axe from looking.
  const page = await bad(j, `<input name="q">`, { "Content-Security-Policy": "default-src 'none'; script-src 'self'; img-src data:" });
  await j.axe(page);
}
