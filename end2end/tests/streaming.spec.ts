// What somebody does with an answer while it is written.

import { ASK_LINES, ASK_LINKS } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { GOOD_SHIFTS, shifts, watchShifts } from "../fixtures/shifts.ts";
import { expect, test } from "../fixtures/test.ts";

for (const n of [3, 11]) {
  test(`the focus and the selection stay with paragraph ${n}`, { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada takes the link and the text in the moment in which they come: the block is still being written.
    await chat.conversation.evaluate((log, n) => {
      const observer = new MutationObserver(() => {
        const link = log.querySelector<HTMLElement>(`a[href="https://example.com/${n}"]`);
        if (!link) return;
        observer.disconnect();
        link.focus();
        getSelection()!.selectAllChildren(link);
      });
      observer.observe(log, { childList: true, characterData: true, subtree: true });
    }, n);
    await chat.message.fill(ASK_LINKS);
    await chat.message.press("Enter");

    // They are hers while it goes on, and when it is complete.
    const link = (n: number) => chat.answers.getByRole("link", { name: `link${n}`, exact: true });
    const selected = () => page.evaluate(() => getSelection()!.toString());
    for (const come of [n, n + 1, n + 2].filter((it) => it < 12)) {
      await expect(link(come)).toBeVisible();
      await expect(link(n)).toBeFocused();
      expect(await selected()).toBe(`link${n}`);
    }
    await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
    await expect(chat.send).toBeVisible();
    await expect(link(n)).toBeFocused();
    expect(await selected()).toBe(`link${n}`);
  });
}

test("nothing jumps while a long answer comes", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("Hello");
  await chat.message.press("Enter");
  await expect(chat.send).toBeVisible();
  await expect(chat.answers).toContainText("You said: Hello");
  await watchShifts(page);
  await chat.message.fill(ASK_LINES);
  await chat.message.press("Enter");
  await expect(chat.answers.last()).toContainText("Line 59 of");
  await expect(chat.send).toBeVisible();
  expect(await shifts(page)).toBeLessThan(GOOD_SHIFTS);
});
