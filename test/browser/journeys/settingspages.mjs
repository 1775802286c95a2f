// The tabs of the settings in light, dark and narrow, judged by axe. A new tab
// is a line below.
import { lookAt } from "../forms.mjs";

const pages = [
  ["team", "/settings/team"],
  ["keys", "/settings/keys"],
  ["sign-on", "/settings/signon"],
  ["compliance", "/settings/compliance"],
  ["suppression", "/settings/suppression"],
  ["templates", "/settings/templates"],
  ["retention", "/settings/retention"],
  ["audit", "/settings/audit"],
  ["overview", "/settings/overview"],
];

export default async function (j) {
  await j.demo();
  const page = await j.page();
  await j.step("signs in", () => j.signIn(page));
  await lookAt(j, pages);
}
