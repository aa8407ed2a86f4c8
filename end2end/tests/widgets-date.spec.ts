// A field for a day: by keyboard, by mouse, on a telephone, and its calendar where the server wants it.

import type { Locator, Page } from "@playwright/test";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";
import { actionOf, hold, press, say, show, tabTo, widgetOf } from "../fixtures/widgets.ts";

test.use({ demo: true });

const parts = (widget: Locator) => ({
  field: (name: string) => widget.getByRole("textbox", { name, exact: true }),
  button: (name: string) => widget.getByRole("button", { name: `Calendar ${name}`, exact: true }),
  calendar: widget.getByRole("dialog", { name: "Calendar" }),
  day: (name: string) => widget.getByRole("gridcell", { name }),
});

/** The day that has the focus. */
const active = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-day"));

test("a day is chosen by keys alone", { tag: ["@own-server", "@both-servers"] }, async ({ page, visit, scan, signedIn: _ }) => {
  const widget = await show(page, visit, "stay");
  const { field, button, calendar } = parts(widget);
  const from = field("From");
  await expect(calendar).toBeHidden();

  // The key that opens the browser's opens ours. Keys go around it, and not past what can be chosen. Weeks begin on
  // Monday, as the page's language has it.
  await tabTo(page, from);
  await page.keyboard.press("Alt+ArrowDown");
  await expect(calendar).toBeVisible();
  expect(await active(page)).toBe("2026-12-01");
  const keys = [
    ["ArrowRight", "2026-12-02", "December 2026"],
    ["ArrowDown", "2026-12-09", "December 2026"],
    ["ArrowLeft", "2026-12-08", "December 2026"],
    ["ArrowUp", "2026-12-01", "December 2026"],
    ["End", "2026-12-06", "December 2026"],
    ["Home", "2026-11-30", "November 2026"],
    ["PageDown", "2026-12-30", "December 2026"],
    ["PageUp", "2026-11-30", "November 2026"],
    ["Shift+PageUp", "2026-11-16", "November 2026"],
    ["ArrowLeft", "2026-11-16", "November 2026"],
    ["Shift+PageDown", "2027-03-14", "March 2027"],
  ];
  for (const [key, day, month] of keys) {
    await page.keyboard.press(key!);
    expect(await active(page), key).toBe(day);
    await expect(calendar.getByText(month!, { exact: true }), key).toBeVisible();
  }
  await scan("an open calendar");
  await page.keyboard.press("Escape");
  await expect(calendar).toBeHidden();
  await expect(from).toBeFocused();
  await expect(from).toHaveValue("2026-12-01");

  // A choice is told at once, with the others; the same again is none.
  const action = actionOf(page, "threads.sync_custom_action");
  await press(page, button("From"));
  expect(await active(page)).toBe("2026-12-01");
  await page.keyboard.press("Enter");
  await expect(calendar).toBeHidden();
  await expect(button("From")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await expect(calendar).toBeHidden();
  await expect(from).toHaveValue("2026-12-02");
  const stay = { from: "2026-12-02", to: "", arrival: "" };
  expect(await action).toEqual({ type: "stay.from", payload: { stay } });
  await expect(widget).toContainText('stay.from {"stay":');
  await expect(from).toHaveValue("2026-12-02");

  // It can be typed, as in any field of the browser's, whose own language is English: the month first.
  await tabTo(page, field("To"));
  await page.keyboard.type("12242026");
  await expect(field("To")).toHaveValue("2026-12-24");
  await press(page, button("To"));
  expect(await active(page)).toBe("2026-12-24");

  // Whoever goes on by Tab leaves it.
  for (let n = 0; n < 8 && await calendar.isVisible(); n++) await page.keyboard.press("Tab");
  await expect(calendar).toBeHidden();

  const sent = actionOf(page, "threads.custom_action");
  await press(page, widget.getByRole("button", { name: "Book" }));
  expect(await sent).toEqual({ type: "stay.book", payload: { stay: { guests: 2, ...stay, to: "2026-12-24" } } });
});

test("a day is chosen by mouse, and taken back", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "stay");
  const { field, button, calendar, day } = parts(widget);
  await button("From").click();
  await expect(day("1 December 2026").first()).toHaveAttribute("aria-selected", "true");

  // A way that leads nowhere says so; the others keep the focus.
  const back = calendar.getByRole("button", { name: "Previous month" });
  await back.click();
  await expect(calendar.getByText("November 2026", { exact: true })).toBeVisible();
  await expect(back).toBeDisabled();
  await expect(calendar.getByRole("button", { name: "Previous year" })).toBeDisabled();
  await day("15 November 2026").click({ force: true });
  await calendar.getByText("November 2026", { exact: true }).click();
  await expect(calendar).toBeVisible();
  await page.keyboard.press("ArrowRight");
  expect(await active(page)).toBe("2026-11-17");
  await calendar.getByRole("button", { name: "Next year" }).click();
  await expect(calendar.getByText("March 2027", { exact: true })).toBeVisible();
  await day("5 March 2027").first().click();
  await expect(calendar).toBeHidden();
  await expect(field("From")).toHaveValue("2027-03-05");

  // The button of an open calendar closes it, and so does what is somewhere else.
  await button("From").click();
  await expect(calendar).toBeVisible();
  await button("From").click();
  await expect(calendar).toBeHidden();
  await button("To").click();
  await expect(calendar).toBeVisible();
  await widget.getByText("A stay").click();
  await expect(calendar).toBeHidden();

  const clear = widget.getByRole("button", { name: "Clear the choice" }).and(widget.locator(":enabled"));
  await expect(clear).toBeHidden();
  await field("To").fill("2026-12-24");
  await clear.click();
  await expect(field("To")).toHaveValue("");
  await expect(field("To")).toBeFocused();
  await expect(clear).toBeHidden();

  // Half a day is no day, and is seen.
  await field("To").click({ position: { x: 14, y: 14 } });
  await page.keyboard.type("12");
  await widget.getByText("A stay").click();
  await expect(clear).toBeVisible();
  await expect(field("To")).not.toHaveCSS("color", "rgba(0, 0, 0, 0)");
  await clear.click();
  await expect(clear).toBeHidden();
  await widget.getByText("A stay").click();
  await expect(field("To")).toHaveCSS("color", "rgba(0, 0, 0, 0)");

  // What is disabled opens nothing.
  await expect(button("Closed")).toBeDisabled();
  await expect(field("Closed")).toBeDisabled();
});

test("a calendar stands where its server wants it", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.setViewportSize({ width: 1600, height: 1200 });
  await show(page, visit, "people");
  await say(page, "/widget stay");
  const { field, calendar } = parts(widgetOf(page));
  const opened = async (name: string) => {
    await field(name).focus();
    await page.keyboard.press("F4");
    await expect(calendar).toBeVisible();
    const [around, it] = [await field(name).boundingBox(), await calendar.boundingBox()];
    await page.keyboard.press("Escape");
    return [around!, it!] as const;
  };
  let [around, it] = await opened("From");
  expect(it.y).toBeGreaterThanOrEqual(around.y + around.height);
  expect(it.x).toBeCloseTo(around.x, 0);

  [around, it] = await opened("To");
  expect(it.y + it.height).toBeLessThanOrEqual(around.y);
  expect(it.x + it.width).toBeCloseTo(around.x + around.width, 0);

  [around, it] = await opened("Arrival");
  expect(it.x).toBeGreaterThanOrEqual(around.x + around.width);
  expect(it.y + it.height / 2).toBeCloseTo(around.y + around.height / 2, 0);

  // Where there is no room it stands somewhere else, as a whole.
  await page.setViewportSize({ width: 390, height: 740 });
  for (const name of ["From", "To", "Arrival"]) {
    [around, it] = await opened(name);
    expect(it.x, name).toBeGreaterThanOrEqual(0);
    expect(it.x + it.width, name).toBeLessThanOrEqual(390);
    expect(it.y, name).toBeGreaterThanOrEqual(0);
    expect(it.y + it.height, name).toBeLessThanOrEqual(740);
  }
});

test("a calendar stays while its server changes what is around it", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "stay");
  const { field, calendar } = parts(widget);
  const actions = await hold(page, "threads.sync_custom_action");
  await field("From").fill("2026-12-05");
  await field("From").focus();
  await page.keyboard.press("F4");
  await page.keyboard.press("ArrowRight");
  expect(await active(page)).toBe("2026-12-06");
  actions.letGo();
  await expect(widget).toContainText('stay.from {"stay":');
  await expect(calendar).toBeVisible();
  expect(await active(page)).toBe("2026-12-06");
  await page.keyboard.press("Escape");
  await expect(field("From")).toHaveValue("2026-12-05");
});

test("Escape closes a calendar before it stops an answer", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "stay");
  const { field, button, calendar } = parts(widget);
  const { stop, stopped } = chatPage(page);
  await say(page, "/slow 2000");
  await expect(stop).toBeVisible();
  await field("From").focus();
  for (const close of ["in the calendar", "in the field"]) {
    await page.keyboard.press("F4");
    await expect(calendar, close).toBeVisible();
    if (close === "in the field") await field("From").focus();
    await page.keyboard.press("Escape");
    await expect(calendar, close).toBeHidden();
    await expect(stop, close).toBeVisible();
    await field("From").focus();
  }
  await button("From").focus();
  await page.keyboard.press("Escape");
  await expect(stopped).toBeVisible();
});

test("two fields of one name have calendars of their own", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.route("**/chatkit", async (route) => {
    if (route.request().postDataJSON()?.type !== "threads.create") return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"stay.to"', '"stay.from"') });
  });
  const widget = await show(page, visit, "stay");
  const { calendar, day } = parts(widget);
  const [first, second] = [widget.locator("[type=date]").nth(0), widget.locator("[type=date]").nth(1)];
  await second.fill("2027-01-05");
  await widget.getByRole("button", { name: "Calendar" }).nth(1).click();
  await day("7 January 2027").first().click();
  await expect(calendar).toBeHidden();
  await expect(second).toHaveValue("2027-01-07");
  await expect(first).toHaveValue("2026-12-01");
});

test.describe("on a touch screen", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a field has the calendar of the system", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    // Enter breaks the line here.
    await chatPage(page).message.fill("/widget stay");
    await chatPage(page).send.click();
    const widget = widgetOf(page);
    const { field, button } = parts(widget);
    await expect(field("From")).toBeVisible();
    await expect(button("From")).toBeHidden();
  });
});
