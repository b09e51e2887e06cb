// What scripts add to the console; every page also works without them.
import { follow } from "./live.js";
import { tickAges } from "./ago.js";

// The sentence about the last form is for one look only, not for the history.
const address = new URL(location.href);
if (address.searchParams.has("notice")) {
  address.searchParams.delete("notice");
  history.replaceState(null, "", address);
}

for (const select of document.querySelectorAll("form[data-submit-on-change] select"))
  select.addEventListener("change", () => select.form.requestSubmit());

// A wide graph is looked at from its middle, where the lines meet.
for (const box of document.querySelectorAll(".graph-box"))
  box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;

function closeQuestions(except) {
  for (const question of document.querySelectorAll("details.confirm[open]"))
    if (question !== except) question.open = false;
}

document.addEventListener("click", event => closeQuestions(event.target.closest("details.confirm")));
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.confirm[open]");
  closeQuestions(null);
  open?.querySelector("summary").focus();
});

tickAges();
follow();
