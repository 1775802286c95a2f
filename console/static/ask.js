// Questions before something is done, in a dialog of our own: it begins on the
// harmless answer, Escape is that answer too, and the focus comes back to where
// it was. Without this module a form is sent as it is.

let dialogs = 0;

// ask asks a question and says whether the answer was yes, which is what the
// given button says and looks like.
export async function ask(question, button) {
  const back = button ?? document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("role", "alertdialog");
  const title = document.createElement("h2");
  title.id = `ask-${++dialogs}`;
  title.textContent = question;
  dialog.setAttribute("aria-labelledby", title.id);
  const answers = document.createElement("form");
  answers.method = "dialog";
  answers.className = "row end";
  const no = document.createElement("button");
  no.textContent = button ? "Go back" : "Close";
  no.autofocus = true;
  answers.append(no);
  if (button) {
    const yes = document.createElement("button");
    yes.value = "yes";
    yes.className = button.classList.contains("danger") ? "danger" : "primary";
    yes.textContent = button.textContent.trim();
    answers.append(yes);
  }
  dialog.append(title, answers);
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  dialog.remove();
  back?.focus();
  return dialog.returnValue === "yes";
}

// askFirst has a form ask what its data-confirm says before it is sent.
export function askFirst(form) {
  let sure = false, asking = false;
  form.addEventListener("submit", async (e) => {
    if (sure) { sure = false; return; }
    e.preventDefault();
    if (asking) return;
    asking = true;
    const button = e.submitter ?? form.querySelector("button");
    sure = await ask(form.dataset.confirm, button);
    asking = false;
    if (sure) form.requestSubmit(button);
  });
}
