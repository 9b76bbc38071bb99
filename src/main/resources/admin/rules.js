// What the rules look for, how often they met it, and what they would make of a text.
import { el, fill, labels, marked, table } from "./elements.js";
import { ask } from "./server.js";

export function rules(main) {
  const text = el("textarea", { id: "text", rows: "3", maxlength: "10000", required: true });
  const given = el("input", { id: "given", "aria-describedby": "given-help" });
  const result = el("div", { role: "status" });
  const list = el("div");
  const submit = async (event) => {
    event.preventDefault();
    const there = given.value.split(",").map((label) => label.trim()).filter(Boolean);
    try {
      const tried = await ask("rules/try", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ content: text.value, labels: there }),
      });
      result.replaceChildren(...trial(text.value, tried));
    } catch (failure) {
      result.replaceChildren(el("p", { class: "error" }, `Not tried (${failure.message})`));
    }
  };
  main.append(
    el("h1", {}, "Rules"),
    el(
      "section",
      { "aria-labelledby": "try" },
      el("h2", { id: "try" }, "Try a text"),
      el(
        "form",
        { submit },
        el("label", { for: "text" }, "What a customer writes"),
        text,
        el("label", { for: "given" }, "Labels that are there already"),
        given,
        el("small", { id: "given-help" }, "Separated by commas. Nothing is changed by trying."),
        el("button", { type: "submit" }, "Try"),
      ),
      result,
    ),
    el(
      "section",
      { "aria-labelledby": "list" },
      el("h2", { id: "list" }, "Rules and hits"),
      el("p", {}, el("small", {}, "Hits: score rules in the newest 5,000 score entries; the others as reasons of the newest 1,000 wishes.")),
      list,
    ),
  );
  return async () => fill(list, await ask("rules"), ruleTable);
}

function trial(text, tried) {
  const rows = tried.hits.map((hit) => [
    hit.kind,
    hit.rule,
    hit.matched.map((word) => el("span", { class: "label" }, word)),
    hit.points ? String(hit.points) : "",
  ]);
  return [
    marked(text, tried.hits.flatMap((hit) => hit.matched)),
    el(
      "dl",
      { class: "facts" },
      el("div", {}, el("dt", {}, "score"), el("dd", {}, String(tried.score))),
      el("div", {}, el("dt", {}, "labels"), el("dd", {}, tried.labels.length ? labels(tried.labels) : "none")),
      el("div", {}, el("dt", {}, "qualifies"), el("dd", {}, tried.qualifies ? "yes" : "no")),
      el("div", {}, el("dt", {}, "escalates"), el("dd", {}, tried.escalates.join(", ") || "no")),
    ),
    table("Rules that the text meets", ["kind", "rule", "because of", "points"], rows, "No rule is met."),
  ];
}

function ruleTable({ rules: all, hits }) {
  const rows = all.map((rule) => [
    rule.kind,
    rule.id,
    [...rule.words.map((word) => el("span", { class: "label" }, word)), rule.conditional ? el("small", {}, " and a condition") : null],
    rule.points ? String(rule.points) : "",
    labels(rule.labels),
    String((rule.kind === "score" ? hits.scores[rule.id] : hits.wishes[rule.id]) ?? 0),
  ]);
  return table("Rules", ["kind", "rule", "looks for", "points", "labels", "hits"], rows, "There are none.");
}
