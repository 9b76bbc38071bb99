// Shows the view that the address names, and keeps it up to date.
import { el, tell } from "./elements.js";
import { SignedOut, signIn, signOut } from "./server.js";
import { conversation } from "./conversation.js";
import { dead } from "./dead.js";
import { leads } from "./leads.js";
import { overview } from "./overview.js";
import { rules } from "./rules.js";

// Each puts its frame into the element that it gets and returns what brings it up to date.
const VIEWS = { overview, conversations: conversation, leads, dead, rules };
const REFRESH_MS = 3000;

const main = document.getElementById("main");
const views = document.getElementById("views");
let update = async () => {};
let shown = 0;
let timer;

function show() {
  const [path, query] = location.hash.replace(/^#\//, "").split("?");
  const [name, id] = path.split("/");
  const known = Object.hasOwn(VIEWS, name) ? name : "overview";
  views.hidden = false;
  for (const link of views.querySelectorAll("a")) {
    link.getAttribute("href") === `#/${known}` ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  tell("");
  main.replaceChildren();
  shown++;
  update = VIEWS[known](main, { id, query: new URLSearchParams(query), again: refresh });
  document.title = `${main.querySelector("h1").textContent} – leadroutes`;
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  const asked = shown;
  try {
    await update();
    if (asked === shown) {
      main.classList.remove("stale");
    }
  } catch (failure) {
    if (asked !== shown) {
      return;
    }
    if (failure instanceof SignedOut) {
      askForToken();
      return;
    }
    main.classList.add("stale");
    tell(`No answer (${failure.message}); trying again`);
  }
  if (asked === shown) {
    clearTimeout(timer);
    timer = setTimeout(refresh, REFRESH_MS);
  }
}

function askForToken() {
  clearTimeout(timer);
  shown++;
  views.hidden = true;
  document.title = "Sign in – leadroutes";
  const token = el("input", {
    id: "token",
    type: "password",
    required: true,
    autocomplete: "current-password",
    "aria-describedby": "token-help",
  });
  const error = el("p", { role: "alert", class: "error" });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      if (await signIn(token.value)) {
        show();
        main.focus();
        return;
      }
      error.textContent = "This is not the admin token.";
    } catch (failure) {
      error.textContent = `Sign-in failed (${failure.message}).`;
    }
    token.select();
  };
  main.replaceChildren(
    el(
      "section",
      { class: "sign-in" },
      el("h1", {}, "Sign in"),
      el(
        "form",
        { submit },
        el("label", { for: "token" }, "Admin token"),
        token,
        el("small", { id: "token-help" }, "The setting admin.token (ADMIN_TOKEN) of this leadroutes."),
        error,
        el("button", { type: "submit" }, "Sign in"),
      ),
    ),
  );
  token.focus();
}

document.getElementById("skip").addEventListener("click", () => main.focus());
document.getElementById("sign-out").addEventListener("click", async () => {
  try {
    await signOut();
  } catch (failure) {
    tell(`Not signed out (${failure.message})`);
    return;
  }
  askForToken();
});
window.addEventListener("hashchange", () => {
  show();
  main.focus();
});
show();
