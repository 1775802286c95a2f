// The composer: how many segments a text takes and why, and a draft that
// survives the page. The server counts again when it sends.

// The GSM 7-bit default alphabet and its extension (3GPP TS 23.038 6.2.1).
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extended = "\f^{}\\[~]|€";

export function composers(root) {
  for (const form of root.querySelectorAll("form[data-composer]:not([data-done])")) {
    form.dataset.done = "";
    compose(form);
  }
}

function compose(form) {
  const area = form.querySelector("textarea");
  const out = form.querySelector("[data-segments]");
  const key = "draft " + form.dataset.composer;
  if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
  const show = () => {
    sessionStorage.setItem(key, area.value);
    if (out) out.textContent = describe(area.value);
  };
  area.addEventListener("input", show);
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
  for (const choice of form.querySelectorAll("[data-insert]")) {
    choice.addEventListener("change", () => {
      if (!choice.value) return;
      area.setRangeText(choice.value, area.selectionStart, area.selectionEnd, "end");
      choice.value = "";
      area.focus();
      show();
    });
  }
  show();
}

export function describe(text) {
  if (!text) return "";
  let septets = 0, odd = "";
  for (const c of text) {
    if (basic.includes(c)) septets++;
    else if (extended.includes(c)) septets += 2;
    else { odd = c; break; }
  }
  if (!odd) return count(septets, septets <= 160 ? 160 : 153, "GSM-7");
  const units = text.length;
  return count(units, units <= 70 ? 70 : 67, "UCS-2") + ` because of “${odd}”`;
}

function count(n, each, alphabet) {
  const segments = Math.max(1, Math.ceil(n / each));
  return `${n} characters · ${segments} segment${segments > 1 ? "s" : ""} · ${alphabet}`;
}
