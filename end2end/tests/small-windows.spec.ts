// Small windows: a page that is zoomed in, a telephone on its side, a keyboard on the screen.

import type { Page } from "@playwright/test";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

const ROOMS = [
  { what: "a page at 400 %", viewport: { width: 320, height: 256 } },
  { what: "a low window", viewport: { width: 800, height: 300 } },
  { what: "a keyboard on the screen", viewport: { width: 390, height: 400 }, hasTouch: true, isMobile: true },
  { what: "a small telephone on its side", viewport: { width: 667, height: 375 }, hasTouch: true, isMobile: true },
  { what: "a telephone on its side", viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true },
  { what: "a telephone", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

/** How much of the window's height the conversation has. */
const share = async (page: Page) => {
  const box = await chatPage(page).conversation.boundingBox();
  return (box?.height ?? 0) / page.viewportSize()!.height;
};

test.use({ demo: true });

for (const { what, ...window } of ROOMS) {
  test.describe(what, () => {
    test.use(window);

    test("the conversation keeps its room", { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
      const id = await signedIn.createThread("/long 300");
      await visit(`/chat/${id}`);
      const chat = chatPage(page);
      await expect(chat.answers).toContainText("w299");
      const note = page.getByRole("note").filter({ hasText: "Demo answers" });
      await expect(note).toBeVisible();
      expect(await share(page), "beside the note").toBeGreaterThan(0.33);
      await scan(`${what}, with a note`);

      // Ada reads the note to its end.
      await note.getByText("OPENAI_API_KEY").scrollIntoViewIfNeeded();
      await expect(note.getByText("OPENAI_API_KEY")).toBeInViewport({ ratio: 0.9 });

      // She writes more than fits. The end of it is in sight, and so is what she writes about.
      const lines = Array.from({ length: 14 }, (_, n) => `line ${n} of a long draft`);
      await chat.message.fill(lines.join("\n"));
      await expect.poll(() => chat.message.evaluate((it) => it.scrollHeight > it.clientHeight)).toBe(true);
      expect(await share(page), "beside the note and a long draft").toBeGreaterThan(0.2);
      await expect(chat.message).toBeInViewport({ ratio: 0.9 });
      await expect(chat.send).toBeInViewport({ ratio: 0.9 });

      // The note was read, and has gone.
      await note.getByRole("button", { name: "Close this note" }).click();
      await expect(note).toBeHidden();
      expect(await share(page), "beside a long draft").toBeGreaterThan(0.33);
    });

    test("the greeting and what it offers can be seen", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
      await visit("/chat");
      const chat = chatPage(page);
      const note = page.getByRole("note").filter({ hasText: "Demo answers" });
      await chat.empty.scrollIntoViewIfNeeded();
      await expect(chat.empty).toBeInViewport({ ratio: 0.9 });

      // Nothing stands on it.
      const [below, greeting] = [await note.boundingBox(), await chat.empty.boundingBox()];
      expect(greeting!.y - (below!.y + below!.height)).toBeGreaterThan(0);
      const last = page.getByRole("button", { name: "Ask me something" });
      await last.scrollIntoViewIfNeeded();
      await expect(last).toBeInViewport({ ratio: 0.9 });

      // Beside a long draft they can be scrolled, and nothing leads to what is latest.
      await chat.empty.scrollIntoViewIfNeeded();
      await chat.message.fill("one line\n".repeat(14));
      await expect.poll(() => chat.message.evaluate((it) => it.scrollHeight > it.clientHeight)).toBe(true);
      await expect(page.getByRole("button", { name: "Jump to latest" })).toBeHidden();
    });
  });
}
