// Makes public/icons.svg of npm's lucide-static (ISC): the icons that ChatKit names in chats
// and headers, by its names, and Lucide's most
// used ones by theirs (`lucide:…`). Run by hand when the list changes: node end2end/icons/sprite.mjs LUCIDE_STATIC_FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say where lucide-static is: node end2end/icons/sprite.mjs FOLDER");

const chatkit = {
  agent: "bot", analytics: "chart-column", atom: "atom", batch: "layers", bolt: "zap", "book-open": "book-open",
  "book-closed": "book", "book-clock": "book-marked", bug: "bug", calendar: "calendar", chart: "chart-line",
  check: "check", "check-circle": "circle-check", "check-circle-filled": "circle-check", "chevron-left": "chevron-left",
  "chevron-right": "chevron-right", "circle-question": "circle-question-mark", clock: "clock", compass: "compass",
  confetti: "party-popper", cube: "box", desktop: "monitor", document: "file", dot: "dot",
  "dots-horizontal": "ellipsis", "dots-vertical": "ellipsis-vertical", "empty-circle": "circle",
  "external-link": "external-link", globe: "globe", keys: "key-round", lab: "flask-conical", images: "images",
  info: "info", lifesaver: "life-buoy", lightbulb: "lightbulb", mail: "mail", "map-pin": "map-pin", maps: "map",
  mobile: "smartphone", name: "tag", notebook: "notebook", "notebook-pencil": "notebook-pen", "page-blank": "file",
  phone: "phone", play: "play", plus: "plus", profile: "circle-user", "profile-card": "id-card", reload: "rotate-cw",
  star: "star", "star-filled": "star", search: "search", sparkle: "sparkle", "sparkle-double": "sparkles",
  "square-code": "square-code", "square-image": "image", "square-text": "file-text", suitcase: "briefcase-business",
  "settings-slider": "sliders-horizontal", user: "user", wreath: "award", write: "pencil", "write-alt": "square-pen",
  "write-alt2": "pen-line",
};
const header = {
  "back-large": "arrow-left", "back-small": "chevron-left", "chat-temporary": "message-circle-dashed", close: "x",
  "collapse-large": "minimize-2", "collapse-left": "arrow-left-to-line", "collapse-right": "arrow-right-to-line",
  "collapse-small": "minimize", compose: "square-pen", "dark-mode": "moon", "dots-horizontal-circle": "circle-ellipsis",
  "dots-vertical-circle": "circle-ellipsis", "double-chevron-left": "chevrons-left",
  "double-chevron-right": "chevrons-right", "expand-large": "maximize-2", "expand-small": "maximize", grid: "layout-grid",
  hamburger: "menu", history: "history", home: "house", "home-alt": "house", "light-mode": "sun", menu: "menu",
  "menu-inverted": "text-align-start", "open-left": "arrow-left-from-line", "open-right": "arrow-right-from-line",
  "settings-cog": "settings", share: "share", "sidebar-collapse-left": "panel-left-close",
  "sidebar-collapse-right": "panel-right-close", "sidebar-floating-left": "panel-left-dashed",
  "sidebar-floating-open-left": "panel-left-dashed", "sidebar-floating-open-right": "panel-right-dashed",
  "sidebar-floating-right": "panel-right-dashed", "sidebar-left": "panel-left", "sidebar-open-left": "panel-left-open",
  "sidebar-open-left-alt": "panel-left-open", "sidebar-open-right": "panel-right-open",
  "sidebar-open-right-alt": "panel-right-open", "sidebar-right": "panel-right",
};
const aliases = { "circle-help": "circle-question-mark", language: "languages" };
const filled = ["check-circle-filled", "star-filled", "dot"];
const lucide = `activity archive arrow-down arrow-left arrow-right arrow-up badge-check banknote bell bookmark bot box
  briefcase building calendar-check calendar-days camera car chart-bar chart-column chart-line chart-pie check chevron-down
  chevron-left chevron-right chevron-up circle circle-alert circle-check circle-help circle-user circle-x clipboard clock
  cloud cloud-rain code coffee copy cpu credit-card database dollar-sign download droplet ellipsis eye eye-off file
  file-text filter flag flame folder folder-open gift git-branch git-merge git-pull-request globe graduation-cap
  hard-drive hash headphones heart history house image inbox info key laptop layers leaf lightbulb link list list-checks
  loader lock log-in log-out mail map map-pin menu message-circle message-square mic minus monitor moon music package
  paperclip pause pencil percent phone pin plane play plus power printer receipt refresh-cw rocket rotate-cw save scale
  search send server settings share shield shield-check shopping-bag shopping-cart sliders-horizontal smartphone smile
  snowflake sparkles square square-check star store sun tag tags target terminal thermometer thumbs-down thumbs-up ticket
  timer train-front trash trash-2 trending-down trending-up triangle-alert trophy truck umbrella undo upload user
  book copy external-link keyboard languages pen square-pen user-plus users utensils video wallet wallet-cards wand-sparkles wifi wind wrench x zap zoom-in`.split(/\s+/);

const outline = (name) => {
  const svg = readFileSync(join(folder, "icons", `${name}.svg`), "utf8");
  return svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
};
const symbol = (id, name) => {
  const fill = filled.includes(id) ? ' fill="currentColor"' : "";
  return `<symbol id="${id}" viewBox="0 0 24 24"${fill}>${outline(name)}</symbol>`;
};
const known = (name) => {
  try {
    return outline(name) !== "";
  } catch {
    console.error(`Lucide has no ${name}`);
    return false;
  }
};
const named = { ...chatkit, ...header, ...aliases };
const symbols = [
  ...Object.entries(named).map(([id, name]) => symbol(id, name)),
  ...lucide.filter((it) => !(it in named) && known(it)).map((it) => symbol(it, it)),
];
writeFileSync(
  new URL("../../public/icons.svg", import.meta.url),
  `<!-- Lucide (https://lucide.dev), ISC licence; made by end2end/icons/sprite.mjs -->\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
console.log(`${symbols.length} icons`);
