// A plot over the last hour.
import uPlot from "./uplot.js";
import { el } from "./elements.js";

const HEIGHT = 180;
const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * A figure and what draws it anew: draw(seconds, columns, words). Each line has a label and the custom property of its
 * colour; the words say what the picture shows to those who do not see it.
 */
export function plot(title, lines) {
  const picture = el("div", { class: "plot", role: "img" });
  const words = el("figcaption", {});
  const figure = el(
    "figure",
    {},
    el(
      "ul",
      { class: "key" },
      lines.map((line) => el("li", { class: line.colour.slice(2) }, line.label)),
    ),
    picture,
    words,
  );
  let drawn;
  let last;

  const draw = (seconds, columns, text) => {
    last = [seconds, columns, text];
    words.textContent = text;
    picture.setAttribute("aria-label", `${title}. ${text}`);
    drawn?.destroy();
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--pico-muted-color");
    const grid = style.getPropertyValue("--pico-muted-border-color");
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const now = seconds.at(-1) ?? Date.now() / 1000;
    drawn = new uPlot(
      {
        width: Math.max(200, picture.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { range: () => [now - 3600, now] }, y: { range: (u, least, most) => [0, Math.max(1, most) * 1.1] } },
        axes: [{ ...axis, values: (u, ticks) => ticks.map(timeOfDay) }, axis],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: style.getPropertyValue(line.colour),
            width: 2,
            dash: line.dash,
            points: { show: seconds.length < 3 },
          })),
        ],
      },
      [seconds, ...columns],
      picture,
    );
  };
  const again = () => figure.isConnected && last && draw(...last);
  new ResizeObserver(() => drawn && drawn.width !== Math.max(200, picture.clientWidth) && again()).observe(picture);
  dark.addEventListener("change", again);
  return { figure, draw };
}

function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
