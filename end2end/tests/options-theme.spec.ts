// The theme of a chat, chosen on the page for developers.

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
