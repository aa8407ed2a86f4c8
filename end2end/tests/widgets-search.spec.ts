// A select that is searched: by keyboard, on a telephone, and while its server changes it.

import type { Locator } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import { actionOf, press, show, tabTo } from "../fixtures/widgets.ts";

test.use({ demo: true });

/** The option that the keys have gone to. */
const marked = (field: Locator) =>
  field.evaluate((it) => document.getElementById(it.getAttribute("aria-activedescendant") ?? "")?.textContent);

test("a list is searched by keys alone, and its form sends what was chosen", { tag: ["@own-server", "@both-servers"] }, async ({ page, visit, scan, signedIn: _ }) => {
  const widget = await show(page, visit, "trip");
  const field = (name: string) => widget.getByRole("combobox", { name, exact: true });
  const [from, to, airline] = [field("From"), field("To"), field("Airline")];
  const options = widget.getByRole("option");
  const search = widget.getByRole("button", { name: "Search" });
  await expect(options).toHaveCount(0);
  // The one without a label is called by what it is for.
  await expect(field("Choose…")).toHaveValue("Second class");

  // Without a city nothing is sent. What is typed shows what fits, and Enter means the first of it.
  await press(page, search);
  await expect(from).toBeFocused();
  await page.keyboard.type("sao");
  await expect(options).toHaveText(["São PauloGRU"]);
  await expect(from).toHaveAttribute("aria-expanded", "true");
  expect(await marked(from)).toBe("São PauloGRU");
  await scan("an open list");
  await page.keyboard.press("Enter");
  await expect(from).toHaveValue("São Paulo");
  await expect(options).toHaveCount(0);
  await expect(from).toBeFocused();

  // The list opens where the choice is. Keys go around it, past what cannot be chosen; Escape leaves it as it was.
  await page.keyboard.press("Tab");
  await expect(to).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(options).toHaveCount(20);
  expect(await marked(to)).toBe("HelsinkiHEL");
  const keys = { End: "WienVIE", ArrowDown: "AmsterdamAMS", ArrowUp: "WienVIE", Home: "AmsterdamAMS" };
  for (const [key, expected] of Object.entries(keys)) {
    await page.keyboard.press(key);
    expect(await marked(to)).toBe(expected);
  }
  await page.keyboard.type("os");
  await expect(options).toHaveText(["OsloOSL, closed for the winter"]);
  expect(await marked(to)).toBeUndefined();
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(to).toHaveValue("Helsinki");

  // Nothing fits: Enter sends nothing, and whoever leaves has what he had.
  await page.keyboard.type("xyz");
  await expect(widget.getByText("Nothing found")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(to).toHaveValue("Helsinki");
  await expect(widget.getByText("Nothing found")).toBeHidden();
  await tabTo(page, to);
  await page.keyboard.type("vie");
  await page.keyboard.press("Enter");
  await expect(to).toHaveValue("Wien");
  await page.keyboard.type("s");
  await expect(to).toHaveValue("s");
  await page.keyboard.press("Escape");
  await expect(to).toHaveValue("Wien");

  // A choice is told at once, with the others; the same again is none. One that may be taken back is, by deleting it.
  await tabTo(page, airline);
  let action = actionOf(page, "threads.sync_custom_action");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(airline).toHaveValue("Northwind");
  const trip = { from: "GRU", to: "VIE", airline: "north", class: "2" };
  expect(await action).toEqual({ type: "trip.airline", payload: { trip } });
  await expect(widget).toContainText('trip.airline {"trip":');
  await expect(airline).toHaveValue("Northwind");
  action = actionOf(page, "threads.sync_custom_action");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  expect((await action).payload).toEqual({ trip: { ...trip, airline: "" } });
  await expect(airline).toHaveValue("");

  // The form has it all, by its names.
  const sent = actionOf(page, "threads.custom_action");
  await press(page, search);
  expect(await sent).toEqual({ type: "trip.search", payload: { trip: { seats: 1, ...trip, airline: "" } } });
  await expect(widget).toContainText("trip.search");
  await expect(to).toHaveValue("Wien");
});

/** Changes a field wherever it stands in what a server sends. */
const change = (sent: unknown, name: string, value: object) => {
  if (typeof sent !== "object" || sent === null) return;
  if ("options" in sent && "name" in sent && sent.name === name) {
    const options = [{ value: "AAL", label: "Aalborg", description: "AAL" }, ...(sent.options as object[])];
    Object.assign(sent, { options }, value);
  }
  for (const it of Object.values(sent)) change(it, name, value);
};

test("a list that its server changes keeps a choice, and follows where there is none", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "trip");
  const field = (name: string) => widget.getByRole("combobox", { name, exact: true });
  const [from, to, airline] = [field("From"), field("To"), field("Airline")];
  const options = widget.getByRole("option");

  // What the server sends after a choice of an airline waits until it is let go, and changes the other fields.
  let news: Record<string, object> = {};
  let held = Promise.resolve();
  let letGo = () => {};
  await page.route("**/chatkit", async (route) => {
    const { type } = route.request().postDataJSON();
    if (!["threads.sync_custom_action", "threads.get_by_id", "items.list"].includes(type)) return route.continue();
    const response = await route.fetch();
    const json = await response.json();
    await held;
    for (const [name, value] of Object.entries(news)) change(json, name, value);
    await route.fulfill({ response, json });
  });
  const choose = async (target: Locator, text: string) => {
    await tabTo(page, target);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  const chooseAirline = (text: string, its: typeof news) => {
    news = its;
    held = new Promise((resolve) => (letGo = resolve));
    return choose(airline, text);
  };

  // One city is chosen; the other field is only visited.
  await choose(from, "lis");
  await tabTo(page, to);
  await page.keyboard.type("xyz");
  await page.keyboard.press("Escape");
  await expect(to).toHaveValue("Helsinki");
  await chooseAirline("north", { "trip.from": { defaultValue: "BER" }, "trip.to": { defaultValue: "FCO" } });
  letGo();
  await expect(to).toHaveValue("Roma");
  await expect(from).toHaveValue("Lisboa");
  await tabTo(page, from);
  await page.keyboard.press("ArrowDown");
  await expect(widget.getByRole("listbox", { name: "From", exact: true })).toBeVisible();
  await expect(options).toHaveCount(21);
  await expect(widget.getByRole("option", { selected: true })).toHaveText(["LisboaLIS"]);
  expect(await marked(from)).toBe("LisboaLIS");
  await page.keyboard.press("Escape");

  // What is looked for stays while the list changes, and Enter means what is shown.
  await chooseAirline("blue", {});
  await tabTo(page, from);
  await page.keyboard.type("mad");
  await expect(options).toHaveText(["MadridMAD"]);
  letGo();
  await expect(widget).toContainText('"airline":"blue"');
  await expect(options).toHaveText(["MadridMAD"]);
  expect(await marked(from)).toBe("MadridMAD");
  await page.keyboard.press("Enter");
  await expect(from).toHaveValue("Madrid");

  // A choice that cannot be had any more is none: the server's is shown and sent, and it does not come back.
  const one = { searchable: true, defaultValue: "AAL", options: [{ value: "AAL", label: "Aalborg" }] };
  await chooseAirline("north", { "trip.from": one });
  letGo();
  await expect(from).toHaveValue("Aalborg");
  const action = actionOf(page, "threads.sync_custom_action");
  await chooseAirline("blue", { "trip.to": { disabled: true } });
  expect((await action).payload).toMatchObject({ trip: { from: "AAL", to: "HEL", airline: "blue" } });

  // An open list goes away with what it is for.
  await tabTo(page, to);
  await page.keyboard.press("ArrowDown");
  await expect(widget.getByRole("listbox", { name: "To", exact: true })).toBeVisible();
  letGo();
  await expect(to).toBeDisabled();
  await expect(widget.getByRole("listbox")).toBeHidden();
  await expect(to).toHaveValue("Helsinki");
  await expect(from).toHaveValue("");
});

test("a list is searched on a telephone", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const widget = await show(page, visit, "trip");
  const [to, airline] = [widget.getByRole("combobox", { name: "To" }), widget.getByRole("combobox", { name: "Airline" })];
  await to.click();
  const list = await widget.getByRole("listbox").boundingBox();
  expect(list!.x).toBeGreaterThanOrEqual(0);
  expect(list!.x + list!.width).toBeLessThanOrEqual(320);
  expect(list!.y + list!.height).toBeLessThanOrEqual(640);
  await widget.getByRole("option", { name: "Oslo" }).click({ force: true });
  await expect(widget.getByRole("listbox")).toBeVisible();
  await widget.getByRole("option", { name: "Roma" }).click();
  await expect(to).toHaveValue("Roma");
  await expect(to).toBeFocused();
  await expect(widget.getByRole("listbox")).toBeHidden();

  // What is somewhere else closes the list; the button takes the choice back, and has nothing to do after that.
  await airline.click();
  await expect(widget.getByRole("option")).toHaveCount(4);
  await widget.getByRole("heading", { name: "A trip" }).click();
  await expect(widget.getByRole("option")).toHaveCount(0);
  const action = actionOf(page, "threads.sync_custom_action");
  await widget.getByRole("button", { name: "Clear the choice" }).click();
  expect((await action).payload).toMatchObject({ trip: { to: "FCO", airline: "" } });
  await expect(airline).toHaveValue("");
  await expect(widget.getByRole("button", { name: "Clear the choice" })).toBeHidden();

  // What cannot be used does not open.
  await widget.getByRole("combobox", { name: "No meals" }).click({ force: true });
  await expect(widget.getByRole("listbox")).toBeHidden();
});
