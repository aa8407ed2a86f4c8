// A chat page that is fitted to a backend: the file of `CHATKIT_PAGE`, here given as its text.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";
import { press, show } from "../fixtures/widgets.ts";

const PAGE = {
  startScreen: {
    greeting: "How can we help?",
    prompts: [{ label: "Two words", prompt: "/long 2", icon: "calendar" }],
  },
  composer: {
    placeholder: "Ask about your booking",
    tools: [{ id: "search", label: "Search events", icon: "atom" }],
    models: [{ id: "fast", label: "Fast", default: true }],
    attachments: { enabled: false },
  },
  widgets: { onAction: "sendCustomAction" },
};

test.use({ demo: true, settings: { CHATKIT_PAGE: JSON.stringify(PAGE) } });

test("the page offers what the file says", { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
  await visit("/chat");
  await expect(page.getByRole("heading", { name: "How can we help?" })).toBeVisible();
  await expect(page.getByPlaceholder("Ask about your booking")).toBeVisible();
  await expect(page.getByRole("button", { name: /Attach/ })).toHaveCount(0);
  await scan("a page that is fitted to a backend");

  // The icon of the prompt is drawn.
  const prompt = page.getByRole("button", { name: "Two words" });
  expect(await prompt.locator("use").getAttribute("href")).toMatch(/^\/icons\.svg\?\w+#calendar$/);
  await prompt.click();
  await expect(chatPage(page).answers).toContainText("w0 w1");
});

test("an action of the page goes to the server", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "actions");
  const action = page.waitForRequest((it) => it.postDataJSON()?.type === "threads.custom_action");
  await press(page, widget.getByRole("button", { name: "In the page" }));
  expect((await action).postDataJSON().params.action).toMatchObject({ type: "press.client" });
  await expect(widget).not.toContainText("this page does not know how to do that");
});

test("a tool that the page does not have is no dead end", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/tool");
  await chat.send.click();
  await expect(chat.conversation).toContainText("this page cannot do that");
  const output = page.waitForRequest((it) => it.postDataJSON()?.type === "threads.add_client_tool_output");
  await page.getByRole("button", { name: "Go on without it" }).click();
  expect((await output).postDataJSON().params.result.error).toContain("This page has no tool");
  // The line knows that it was answered, and the assistant goes on.
  await expect(chat.conversation).toContainText(/· answered/);
  await expect(chat.answers).toHaveCount(1);
});
