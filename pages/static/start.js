// Pages work without this; with it they say more, sooner.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// Whoever types for long is asked before the session ends; to close the question is to stay.
const stay = document.getElementById("stay");
const ask = () => setTimeout(() => stay.showModal(), stay.dataset.after * 1000);
if (stay) {
  stay.querySelector("button").addEventListener("click", () => stay.close());
  stay.addEventListener("close", () => fetch("/", { method: "HEAD", redirect: "manual" }).then(ask, ask));
  ask();
}
