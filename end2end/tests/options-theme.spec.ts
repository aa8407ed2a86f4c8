// The theme of a chat, chosen on the page for developers.

import { readFile, readdir } from "node:fs/promises";

import type { Locator } from "@playwright/test";

import { example } from "../fixtures/example.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

/** A computed property of an element. */
const style = (it: Locator, name: string) =>
  it.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), name);

test("a chat has its own scheme, corners, room, letters and colours", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);
  const other = example(page, "Second chat");
  const choose = (part: string, choice: string) => chat.chat.getByRole("combobox", { name: part, exact: true }).selectOption(choice);
  await chat.message.fill("Which look is this?");
  await chat.send.click();
  await expect(chat.event(/^on_response_end/)).toHaveCount(1);
  await chat.message.fill("not sent");
  const question = chat.questions.first().getByText("Which look is this?");
  const otherBefore = await style(other.message, "color");

  // Dark, within a page that is light.
  const light = await style(chat.message, "color");
  await choose("Scheme", "Dark");
  await expect.poll(() => style(chat.message, "color-scheme")).toBe("dark");
  expect(await style(chat.message, "color")).not.toBe(light);
  expect(await style(other.message, "color-scheme")).not.toBe("dark");

  // No round corners, and less room.
  expect(Number.parseFloat(await style(chat.send, "border-top-left-radius"))).toBeGreaterThan(0);
  await choose("Radius", "Sharp");
  await expect.poll(() => style(chat.send, "border-top-left-radius")).toBe("0px");
  const wide = (await chat.send.boundingBox())?.height ?? 0;
  await choose("Density", "Compact");
  await expect.poll(async () => (await chat.send.boundingBox())?.height).toBeLessThan(wide);

  // Larger letters.
  const small = Number.parseFloat(await style(question, "font-size"));
  await choose("Size", "18 px");
  await expect.poll(async () => Number.parseFloat(await style(question, "font-size"))).toBeGreaterThan(small);

  // The colour of what stands out, and the ground.
  const before = await style(chat.send, "background-color");
  await choose("Accent", "Indigo");
  await expect.poll(() => style(chat.send, "background-color")).not.toBe(before);
  await choose("Greys", "Blueish");
  await choose("Surface", "Solarized");
  await expect.poll(() => style(question, "color")).toBe("rgb(238, 232, 213)");
  await choose("Scheme", "Light");
  await expect.poll(() => style(question, "color")).toBe("rgb(7, 54, 66)");

  // The draft is still there, and the other chat is what it was.
  await expect(chat.message).toHaveValue("not sent");
  expect(await style(other.message, "color")).toBe(otherBefore);

  // What is chosen last is what counts: all of it can be taken back.
  for (const [part, choice] of Object.entries({ Scheme: "As the page", Radius: "Pill", Density: "Normal", Size: "16 px" })) {
    await choose(part, choice);
  }
  for (const part of ["Accent", "Greys", "Surface"]) await choose(part, "The page's");
  await expect.poll(() => style(chat.message, "color")).toBe(light);
  expect((await chat.send.boundingBox())?.height).toBe(wide);
});

/** A file of a font, which Playwright brings along. */
const font = async () => {
  const folder = new URL("../node_modules/playwright-core/lib/vite/traceViewer/", import.meta.url);
  const name = (await readdir(folder)).find((it) => it.endsWith(".ttf"));
  return readFile(new URL(name!, folder));
};

test("a chat is written in a font that its theme names", { tag: "@own-server" }, async ({ page, context, visit, signedIn: _ }) => {
  let n_fetched = 0;
  const body = await font();
  await context.route("**/fonts/example.woff2", (route) => {
    n_fetched += 1;
    return route.fulfill({ body, contentType: "font/ttf" });
  });
  await visit("/examples/chatkit");
  const chats = [example(page), example(page, "Second chat")];
  for (const { chat } of chats) {
    await chat.getByRole("combobox", { name: "Font", exact: true }).selectOption("A file of this origin");
  }
  await expect.poll(() => style(chats[0]!.message, "font-family")).toBe("Example, sans-serif");
  const faces = () =>
    page.evaluate(() => [...document.fonts].map((it) => `${it.family} ${it.weight} ${it.display} ${it.status}`));
  await expect.poll(faces).toEqual(["Example 100 900 swap loaded"]);
  expect(n_fetched).toBe(1);
  await expect(chats[0]!.event(/font\.failed/)).toHaveCount(0);
});

test.describe("a font that cannot be had", () => {
  test.use({ expectedOnConsole: [/fonts\.example\.com|status of 404/] });

  test("the page is told, and the chat is written in another one", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
    await visit("/examples/chatkit");
    const { chat, event, message } = example(page);
    const choose = (choice: string) => chat.getByRole("combobox", { name: "Font", exact: true }).selectOption(choice);
    const told = page.waitForEvent("console", (it) => it.text().startsWith("The font Elsewhere cannot be had"));

    // The pages' policy lets no other origin in.
    await choose("A file of another origin");
    await expect(event("on_log: font.failed")).toHaveCount(1);
    expect((await told).type()).toBe("warning");

    // There is no such file.
    await choose("A file of this origin");
    await expect(event("on_log: font.failed")).toHaveCount(2);
    await expect.poll(() => style(message, "font-family")).toBe("Example, sans-serif");
    await choose("The page's");
    await choose("A file of this origin");
    await expect(event("on_log: font.failed")).toHaveCount(2);
  });
});
